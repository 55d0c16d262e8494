package panel

// Kind is how a panel is drawn.
type Kind string

// The kinds of panel, and the shape of the rows that each wants.
const (
	// Stat shows the numbers of one row, large.
	Stat Kind = "stat"
	// Gauge shows the number of one row between Min and Max.
	Gauge Kind = "gauge"
	// Lines draws numbers over the first column, time.
	Lines Kind = "lines"
	// Bars draws numbers over the first column, time, stacked.
	Bars Kind = "bars"
	// Categories draws a bar for each row; the first column is its text.
	Categories Kind = "categories"
	// Table shows the rows.
	Table Kind = "table"
	// Curve draws numbers over the first column, a number. A column that is null
	// almost everywhere shows as points.
	Curve Kind = "curve"
)

// Kinds are all kinds.
func Kinds() []Kind { return []Kind{Stat, Gauge, Lines, Bars, Categories, Table, Curve} }

// OverTime says that the first column is the time of a chart.
func (k Kind) OverTime() bool { return k == Lines || k == Bars }

// Panel is one figure, chart or table.
type Panel struct {
	// ID is the stable identity within the dashboard; links name it. It is never
	// given to another panel.
	ID int
	// Title is unique within the dashboard.
	Title string
	// Description says what the figure means and how it is computed.
	Description string
	// Kind is how it is drawn.
	Kind Kind
	// W and H are its width in columns and height in lines of the grid.
	W, H int
	// Unit is that of every number that no field says otherwise of.
	Unit Unit
	// Decimals overrides the unit's own when not 0; Whole means none.
	Decimals int
	// Min and Max bound a gauge or an axis, when set.
	Min, Max *float64
	// Log makes the axis of values logarithmic.
	Log bool
	// Thresholds colour the figure, in rising order; the first has no lower bound.
	Thresholds []Threshold
	// Texts replace single values.
	Texts []Text
	// Exact names the figure that the first number is: X where the view supply_now has
	// X_wei. Where there is room it is shown to the last wei. Empty means none.
	Exact string
	// NoValue is shown when there are no rows.
	NoValue string
	// Query is where the rows come from.
	Query Query
	// Fields say more of single columns. The order is that of the table.
	Fields []Field
}

// Whole as Decimals shows no decimals.
const Whole = -1

// Query is SQL with the macros that package macros knows.
type Query struct {
	// SQL is one SELECT.
	SQL string
	// MinInterval is the narrowest point of a chart, such as 1h: what the rows
	// themselves are aggregated to. Empty means any.
	MinInterval string
	// Trend is how a figure came about: SQL of time and one number over the chosen
	// time range, drawn small beside it where there is room. Empty means none.
	Trend string
}

// Field says how one column is shown.
type Field struct {
	// Column is its name in the rows.
	Column string
	// Title is its name for people. Empty means the column's.
	Title string
	// Unit of its numbers. Empty means the panel's.
	Unit Unit
	// Decimals as in Panel.
	Decimals int
	// Colour of the series. None means the next of the palette.
	Colour Colour
	// Dashed draws a line that is a limit or a target, not a measurement.
	Dashed bool
	// Points draws single points, not a line.
	Points bool
	// Line draws a line where the panel draws bars, and is not stacked on them.
	Line bool
	// Right puts the series on an axis of its own.
	Right bool
	// Link makes the values lead somewhere.
	Link Link
	// Thresholds colour the values of a table.
	Thresholds []Threshold
	// Texts replace single values.
	Texts []Text
	// Width of a table's column in pixels. 0 means as needed.
	Width int
}

// Link says where a value leads.
type Link string

// The links that a value can be.
const (
	// ToTransaction leads to the explorer's page of a transaction hash.
	ToTransaction Link = "transaction"
	// ToBlock leads to the explorer's page of a block number.
	ToBlock Link = "block"
	// ToWallet leads to the wallet dashboard and to the explorer's page of an address.
	ToWallet Link = "wallet"
	// ToAddress leads to the explorer's page of an address that is no wallet.
	ToAddress Link = "address"
)

// Level is how good or bad a value is.
type Level string

// The levels, from nothing to say to act now.
const (
	Plain Level = "plain"
	Good  Level = "good"
	Warn  Level = "warn"
	Bad   Level = "bad"
)

// Threshold gives values from a bound upwards a level.
type Threshold struct {
	// From is the least value. It is ignored in the first threshold.
	From float64
	// Level of the values.
	Level Level
}

// Text stands for one value.
type Text struct {
	// Value that is replaced, written as the row has it.
	Value string
	// Text that is shown.
	Text string
	// Level of the value.
	Level Level
}

// Colour is one that people who see no red or no green can tell from the others.
type Colour string

// The palette, after Okabe and Ito.
const (
	Blue    Colour = "blue"
	Orange  Colour = "orange"
	Green   Colour = "green"
	Pink    Colour = "pink"
	Sky     Colour = "sky"
	Red     Colour = "red"
	Yellow  Colour = "yellow"
	Neutral Colour = "neutral"
)

// Colours is the whole palette.
func Colours() []Colour { return []Colour{Blue, Orange, Green, Pink, Sky, Red, Yellow, Neutral} }
