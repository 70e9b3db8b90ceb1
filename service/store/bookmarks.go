package store

import (
	"sync"
	"time"
)

// bookmarks remember where pages of lists begin. The Data API cannot skip rows
// without sorting a partition in memory, so a page that is read by its number is
// reached over the rows before it, 50 a call. A bookmark saves that: for the same
// page, and for the one after it.
//
// A bookmark is valid for a minute, as long as the list has the same total and
// this process does not change it. If another process replaces an item meanwhile,
// a page may repeat or skip an item, as pages by number do in any list that
// changes between two of them; pages by cursor do not.
type bookmarks struct {
	now   func() time.Time
	mu    sync.Mutex
	lists map[string]map[int]bookmark
	size  int
}

// bookmark is the cursor after which a page begins.
type bookmark struct {
	after string
	total int
	set   time.Time
}

const bookmarkLife = time.Minute

// find returns the bookmark of the page at an offset. The caller compares totals.
func (b *bookmarks) find(list string, offset int) (bookmark, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	mark, ok := b.lists[list][offset]
	return mark, ok && b.now().Sub(mark.set) < bookmarkLife
}

// set drops all bookmarks when there are too many.
func (b *bookmarks) set(list string, offset, total int, after string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.size++; b.lists == nil || b.size > maxBacklog {
		b.lists, b.size = map[string]map[int]bookmark{}, 1
	}
	if b.lists[list] == nil {
		b.lists[list] = map[int]bookmark{}
	}
	b.lists[list][offset] = bookmark{after, total, b.now()}
}

// forget drops the bookmarks of a list that this process changes.
func (b *bookmarks) forget(list string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.size -= len(b.lists[list])
	delete(b.lists, list)
}
