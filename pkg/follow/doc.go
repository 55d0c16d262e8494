// Package follow moves the chain into the warehouse: [History] fills block ranges
// that nothing can change any more, [Head] follows the newest blocks and undoes the
// ones that a reorg abandons, [Parameters] reads what the contracts do not announce
// by events.
//
// History and Head may run side by side, in one process or several: a row's
// identity is its place, and a range counts only once it is covered.
package follow
