package panel

// Variable is a choice of the viewer's. In SQL it is ${name} or ${name:sqlstring}.
type Variable struct {
	// Name in SQL and in links.
	Name string
	// Label for people.
	Label string
	// Description says what it narrows.
	Description string
	// SQL lists the values to choose from: one column of text, or two, value and
	// label. Empty means free text.
	SQL string
	// Default is the value before any choice. Empty means the first that SQL lists.
	Default string
	// Multi allows several values, and all of them.
	Multi bool
	// Custom allows a value that SQL does not list.
	Custom bool
	// Pattern is what a value must match before it goes into SQL where nobody else
	// guards it.
	Pattern string
}

// Annotation marks moments on every chart over time.
type Annotation struct {
	// Name is what the marks are, such as New curve.
	Name string
	// Colour of the marks.
	Colour Colour
	// SQL gives time, title, text and tags.
	SQL string
}
