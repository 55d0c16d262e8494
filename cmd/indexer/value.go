package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// plain turns a value that clickhouse-go scanned into nil, bool, a number, a string,
// []any or map[string]any. Integers wider than 64 bits become strings: a JSON number
// that long is a float to most readers.
func plain(v reflect.Value, typeName string) any {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}

		if n, ok := reflect.TypeAssert[*big.Int](v); ok {
			return n.String()
		}

		v = v.Elem()
	}

	switch x := v.Interface().(type) {
	case big.Int:
		return x.String()
	case time.Time:
		return moment(x, typeName)
	case fmt.Stringer:
		return x.String()
	}

	switch v.Kind() { //nolint:exhaustive // the others print as they are
	case reflect.Float32, reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Kind() == reflect.Array {
			return string(v.Bytes())
		}

		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i), typeName)
		}

		return list
	case reflect.Map:
		object := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			object[text(plain(key, typeName))] = plain(v.MapIndex(key), typeName)
		}

		return object
	}

	return v.Interface()
}

// moment writes a time as ClickHouse does.
func moment(t time.Time, typeName string) string {
	switch {
	case strings.Contains(typeName, "DateTime64"):
		return t.Format("2006-01-02 15:04:05.000000")
	case strings.Contains(typeName, "DateTime"):
		return t.Format(time.DateTime)
	default:
		return t.Format(time.DateOnly)
	}
}

// text is a plain value as people read it.
func text(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(x), 'f', -1, 32)
	case []any, map[string]any:
		b, err := json.Marshal(x)
		if err != nil {
			return fmt.Sprint(x)
		}

		return string(b)
	default:
		return fmt.Sprint(x)
	}
}
