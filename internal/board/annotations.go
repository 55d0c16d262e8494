package board

import (
	"context"
)

// Mark is a moment at which the rules changed.
type Mark struct {
	// Time is seconds since 1970.
	Time float64 `json:"time"`
	// Name is that of the annotation, Title and Text what happened.
	Name  string `json:"name"`
	Title string `json:"title"`
	Text  string `json:"text"`
	// Colour is a name of the palette.
	Colour string `json:"colour"`
}

// Marks are the annotations of a time range.
type Marks struct {
	Marks []Mark `json:"marks"`
	// Error says why some are missing.
	Error string `json:"error,omitempty"`
}

// annotations runs the queries of all annotations; one that fails leaves the others.
func (b *Board) annotations(ctx context.Context, m Moment, s selection) Marks {
	out := Marks{Marks: []Mark{}}

	r, err := b.rangeOf(s, m)
	if err != nil {
		out.Error = explain(err)

		return out
	}

	interval := r.Interval(points, 0)
	r = r.Aligned(interval)

	for _, a := range b.config.Annotations {
		found, err := b.ask(ctx, m.Seq, fresh, a.SQL, s, r, interval)
		if ctx.Err() != nil {
			return out // nobody looks any more
		}

		if err != nil {
			b.log.Warn().Err(err).Str("annotation", a.Name).Msg("board: annotation")
			out.Error = a.Name + ": " + explain(err)

			continue
		}

		columns := map[string][]any{}
		for _, c := range found.Columns {
			columns[c.Name] = c.Values
		}

		for i := range found.Rows {
			out.Marks = append(out.Marks, Mark{
				Time: numberAt(columns["time"], i), Name: a.Name, Colour: string(a.Colour),
				Title: textAt(columns["title"], i), Text: textAt(columns["text"], i),
			})
		}
	}

	return out
}

func numberAt(values []any, i int) float64 {
	if i >= len(values) {
		return 0
	}

	n, _ := number(values[i])

	return n
}

func textAt(values []any, i int) string {
	if i >= len(values) {
		return ""
	}

	text, _ := values[i].(string)

	return text
}
