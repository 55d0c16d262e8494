package panel

// Columns is the width of the grid that panels are placed on.
const Columns = 24

// Dashboard is one page of panels.
type Dashboard struct {
	// UID is the stable identity: links and files are named by it.
	UID string
	// Title is what people call it.
	Title string
	// Description says what it is for.
	Description string
	// From is the start of the default time range, such as now-30d; the end is now.
	From string
	// Refresh is how often it is drawn anew, such as 5s.
	Refresh string
	// Variables are what the viewer can choose.
	Variables []Variable
	// Rows are the panels from top to bottom.
	Rows []Row
}

// Row is a titled group of panels.
type Row struct {
	// Title is shown above the group.
	Title string
	// Panels are laid out from left to right; a panel that does not fit any more
	// begins a new line.
	Panels []Panel
}

// Panels are all panels of the dashboard, in order.
func (d Dashboard) Panels() []Panel {
	var all []Panel
	for _, row := range d.Rows {
		all = append(all, row.Panels...)
	}

	return all
}

// Place is where a panel stands on the grid.
type Place struct {
	// X and Y are the left column and the top line.
	X, Y int
	// W and H are the width in columns and the height in lines.
	W, H int
}

// Placed is a row or a panel with its place.
type Placed struct {
	// Row is the title when this is the heading of a row.
	Row string
	// Panel is set when this is a panel.
	Panel *Panel
	// Place is where it stands.
	Place Place
}

// Layout places the headings of the rows and the panels.
func (d Dashboard) Layout() []Placed {
	var (
		out []Placed
		y   int
	)

	for _, row := range d.Rows {
		out = append(out, Placed{Row: row.Title, Place: Place{X: 0, Y: y, W: Columns, H: 1}})
		y++

		x, height := 0, 0

		for i := range row.Panels {
			p := &row.Panels[i]

			if x+p.W > Columns {
				x, y, height = 0, y+height, 0
			}

			out = append(out, Placed{Panel: p, Place: Place{X: x, Y: y, W: p.W, H: p.H}})
			x, height = x+p.W, max(height, p.H)
		}

		y += height
	}

	return out
}
