package jsondoc

import "slices"

// Equal reports whether a and b are the same document: the order of members
// does not count, of duplicate names the last counts, strings are compared
// exactly, and numbers by value and by whether they are written as integers:
// 1.10 equals 1.1 and 11e-1, but 1 does not equal 1.0.
func Equal(a, b Value) bool { return equal(&a, &b, EqualNumbers) }

// EqualNumeric is as [Equal], but 1 equals 1.0.
func EqualNumeric(a, b Value) bool { return equal(&a, &b, SameNumber) }

func equal(a, b *Value, number func(a, b string) bool) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case KindNull:
		return true
	case KindBool:
		return a.Bool == b.Bool
	case KindNumber:
		return number(a.Text, b.Text)
	case KindString:
		return a.Text == b.Text
	case KindArray:
		if len(a.Items) != len(b.Items) {
			return false
		}
		for i := range a.Items {
			if !equal(&a.Items[i], &b.Items[i], number) {
				return false
			}
		}
		return true
	case KindObject:
		return equalMembers(a.Members, b.Members, number)
	}
	return false
}

func equalMembers(a, b []Member, number func(a, b string) bool) bool {
	if sameNames(a, b) && !duplicates(a) {
		for i := range a {
			if !equal(&a[i].Value, &b[i].Value, number) {
				return false
			}
		}
		return true
	}
	left, right := sorted(a), sorted(b)
	if len(left) != len(right) {
		return false
	}
	for i := range left {
		if left[i].Name != right[i].Name || !equal(&left[i].Value, &right[i].Value, number) {
			return false
		}
	}
	return true
}

func sameNames(a, b []Member) bool {
	return slices.EqualFunc(a, b, func(x, y Member) bool { return x.Name == y.Name })
}

// duplicates reports whether a name occurs twice. Small objects, the rule,
// are checked without allocating.
func duplicates(members []Member) bool {
	if len(members) > 16 {
		return len(sorted(members)) != len(members)
	}
	for i := range members {
		for j := range i {
			if members[i].Name == members[j].Name {
				return true
			}
		}
	}
	return false
}

// sorted returns the members that count, by name.
func sorted(members []Member) []Member {
	out := make([]Member, 0, len(members))
	for i := range slices.Backward(members) {
		out = append(out, members[i])
	}
	slices.SortStableFunc(out, func(x, y Member) int { return compareNames(x.Name, y.Name) })
	return slices.CompactFunc(out, func(x, y Member) bool { return x.Name == y.Name })
}

func compareNames(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// AppendCanonical appends a text that two documents share if and only if they
// are [Equal]: members sorted by name, numbers normalised. It is for hashing
// and comparing; for people, print with one of the other methods.
func (v Value) AppendCanonical(dst []byte) []byte {
	switch v.Kind {
	case KindNumber:
		return appendNumber(dst, v.Text)
	case KindArray:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = v.Items[i].AppendCanonical(dst)
		}
		return append(dst, ']')
	case KindObject:
		members := v.Members
		if !ascending(members) {
			members = sorted(members)
		}
		dst = append(dst, '{')
		for i := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendString(dst, members[i].Name)
			dst = append(dst, ':')
			dst = members[i].Value.AppendCanonical(dst)
		}
		return append(dst, '}')
	case KindNull, KindBool, KindString:
	}
	return v.appendScalar(dst, AppendString)
}

// ascending reports whether the names are strictly ascending.
func ascending(members []Member) bool {
	for i := 1; i < len(members); i++ {
		if members[i-1].Name >= members[i].Name {
			return false
		}
	}
	return true
}
