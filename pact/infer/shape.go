package infer

import (
	"slices"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// appendShape appends what two request bodies share if one interaction can
// stand for both: Pact allows a request neither optional nor further members,
// so names are part of it. Scalars are alike, null among them; the items of a
// list count only where all have one shape; objects named by ids are maps,
// whose names are data.
func appendShape(dst []byte, v jsondoc.Value) []byte {
	switch v.Kind {
	case jsondoc.KindArray:
		dst = append(dst, '[')
		dst = appendItems(dst, v.Items)
		return append(dst, ']')
	case jsondoc.KindObject:
		return appendObject(dst, v)
	case jsondoc.KindNull, jsondoc.KindBool, jsondoc.KindNumber, jsondoc.KindString:
	}
	return append(dst, '_')
}

func appendItems(dst []byte, items []jsondoc.Value) []byte {
	if len(items) == 0 {
		return dst
	}
	first := appendShape(nil, items[0])
	for _, item := range items[1:] {
		if string(appendShape(nil, item)) != string(first) {
			return append(dst, '*')
		}
	}
	return append(dst, first...)
}

func appendObject(dst []byte, v jsondoc.Value) []byte {
	members := slices.Clone(v.Members)
	slices.SortStableFunc(members, func(a, b jsondoc.Member) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	})
	ids := len(members) > 0
	for _, m := range members {
		c := classify(m.Name)
		ids = ids && c != classLiteral && c != classSecret
	}
	if ids {
		values := make([]jsondoc.Value, len(members))
		for i, m := range members {
			values[i] = m.Value
		}
		dst = append(dst, "{<"...)
		dst = appendItems(dst, values)
		return append(dst, ">}"...)
	}
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = jsondoc.AppendString(dst, m.Name)
		dst = append(dst, ':')
		dst = appendShape(dst, m.Value)
	}
	return append(dst, '}')
}
