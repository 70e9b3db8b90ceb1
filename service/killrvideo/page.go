package killrvideo

// Page is a part of a list. Number counts from 1. After is a cursor, the Next of another
// page; it takes precedence over Number and saves reading the rows before the page.
type Page struct {
	Number int
	Size   int
	After  string
}

// Offset is the number of items before the page. Where the product would overflow, it is
// larger than any list.
func (p Page) Offset() int {
	const far = 1 << 40
	if p.Number-1 > far/max(p.Size, 1) {
		return far
	}
	return (p.Number - 1) * p.Size
}

// Listing is one page of a list and the length of the whole list. Next is the cursor of
// the page after it, "" if there is none.
type Listing[T any] struct {
	Items []T
	Total int
	Next  string
}

// Pages is the number of pages of this size.
func (l Listing[T]) Pages(size int) int { return (l.Total + size - 1) / size }
