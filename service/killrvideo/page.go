package killrvideo

// Page asks for a part of a list. Number counts from 1. After is the Next of
// another part, to go on from there whatever the number is; it spares the walk
// to a page far out.
type Page struct {
	Number int
	Size   int
	After  string
}

// Offset is how many items come before the page. A page so far out that the
// product would overflow lies behind every list, and so does its offset.
func (p Page) Offset() int {
	const far = 1 << 40
	if p.Number-1 > far/max(p.Size, 1) {
		return far
	}
	return (p.Number - 1) * p.Size
}

// Listing is one page of a list and the length of the whole list. Next is
// where the page after it begins, "" if there is none.
type Listing[T any] struct {
	Items []T
	Total int
	Next  string
}

// Pages is how many pages of this size the whole list has.
func (l Listing[T]) Pages(size int) int { return (l.Total + size - 1) / size }
