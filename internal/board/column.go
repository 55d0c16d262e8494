package board

import (
	"math"
	"math/big"
	"reflect"
	"strings"
	"time"
)

// Type is what the values of a column are in JSON.
type Type string

// The types of columns.
const (
	// TypeTime is seconds since 1970, with a fraction where the column has one.
	TypeTime Type = "time"
	// TypeNumber is a number.
	TypeNumber Type = "number"
	// TypeWhole is an exact whole number as decimal text: wei.
	TypeWhole Type = "whole"
	// TypeText is text.
	TypeText Type = "text"
	// TypeOther is a list or another structure.
	TypeOther Type = "other"
)

// Column is one column of an answer. A value that is not there is null.
type Column struct {
	Name   string `json:"name"`
	Type   Type   `json:"type"`
	Values []any  `json:"values"`
}

// answer is what a query gave.
type answer struct {
	Columns   []Column
	Rows      int
	Truncated bool
}

// size is about how many bytes it takes.
func (a *answer) size() int {
	const perValue = 48

	return perValue * (1 + len(a.Columns)*(1+a.Rows))
}

// typeOf sorts ClickHouse's types. Whole numbers of 128 bits and more are exact
// text; shorter ones are numbers, for none that the views give comes near 2^53.
func typeOf(name string) Type {
	for _, wrapper := range []string{"LowCardinality(", "Nullable("} {
		if inner, ok := strings.CutPrefix(name, wrapper); ok {
			name = strings.TrimSuffix(inner, ")")
		}
	}

	switch {
	case strings.HasPrefix(name, "Date"):
		return TypeTime
	case strings.HasPrefix(name, "UInt128"), strings.HasPrefix(name, "Int128"),
		strings.HasPrefix(name, "UInt256"), strings.HasPrefix(name, "Int256"):
		return TypeWhole
	case strings.HasPrefix(name, "UInt"), strings.HasPrefix(name, "Int"), strings.HasPrefix(name, "Float"):
		return TypeNumber
	case strings.HasPrefix(name, "String"), strings.HasPrefix(name, "FixedString"), strings.HasPrefix(name, "Enum"):
		return TypeText
	default:
		return TypeOther
	}
}

// plain turns a scanned value into what JSON has.
func plain(v reflect.Value) any {
	switch value := v.Interface().(type) {
	case time.Time:
		return float64(value.UnixMicro()) / 1e6
	case big.Int:
		return value.String()
	case float64:
		return finite(value)
	case float32:
		return finite(float64(value))
	}

	switch v.Kind() { //nolint:exhaustive // all others are what JSON has
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}

		return plain(v.Elem())
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}

		return list
	default:
		return v.Interface()
	}
}

// finite drops what JSON cannot say: a division by zero is no figure.
func finite(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}

	return f
}
