package jsondoc

import (
	"slices"
	"strconv"
)

// A Kind is the type of a [Value].
type Kind uint8

// The six types of JSON (RFC 8259 §3). The zero value is KindNull.
const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
)

// String is the name of the type as JSON Schema spells it, e.g. "object".
func (k Kind) String() string {
	switch k {
	case KindNull:
		return "null"
	case KindBool:
		return "boolean"
	case KindNumber:
		return "number"
	case KindString:
		return "string"
	case KindArray:
		return "array"
	case KindObject:
		return "object"
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// A Value is one JSON value. The zero value is null.
type Value struct {
	// Kind says which of the other fields counts.
	Kind Kind
	// Bool is the value of a KindBool.
	Bool bool
	// Text is the value of a KindString, or a KindNumber as written.
	Text string
	// Items are the elements of a KindArray.
	Items []Value
	// Members are the members of a KindObject in order, duplicates included.
	Members []Member
}

// A Member is one name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Null is the JSON null.
func Null() Value { return Value{} }

// Bool is a JSON boolean.
func Bool(b bool) Value { return Value{Kind: KindBool, Bool: b} }

// String is a JSON string. Invalid UTF-8 is printed as U+FFFD.
func String(s string) Value { return Value{Kind: KindString, Text: s} }

// Int is a JSON number without fraction.
func Int(n int64) Value { return Number(strconv.FormatInt(n, 10)) }

// Number is a JSON number of the given text, which must be a valid one
// (RFC 8259 §6); it is printed as it is.
func Number(text string) Value { return Value{Kind: KindNumber, Text: text} }

// Array is a JSON array of items; it keeps the slice.
func Array(items ...Value) Value { return Value{Kind: KindArray, Items: items} }

// Object is a JSON object of members in the order given; it keeps the slice.
func Object(members ...Member) Value { return Value{Kind: KindObject, Members: members} }

// M is a member of an object.
func M(name string, v Value) Member { return Member{Name: name, Value: v} }

// Get returns the value of the last member called name. ok is false if there
// is none or v is no object.
func (v Value) Get(name string) (value Value, ok bool) {
	if v.Kind != KindObject {
		return Value{}, false
	}
	for i := range slices.Backward(v.Members) {
		if v.Members[i].Name == name {
			return v.Members[i].Value, true
		}
	}
	return Value{}, false
}

// IsZero reports whether v is null, an empty string, array or object.
func (v Value) IsZero() bool {
	switch v.Kind {
	case KindNull:
		return true
	case KindString:
		return v.Text == ""
	case KindArray:
		return len(v.Items) == 0
	case KindObject:
		return len(v.Members) == 0
	case KindBool, KindNumber:
	}
	return false
}
