package rowstore

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/local/schema"
	"github.com/killrvideo/killrvideo-go/astra/local/value"
)

// termPrefix is the prefix of the entries of a term in a text index; each ends
// with the key of a row.
func termPrefix(term string) []byte { return value.AppendKey(nil, value.Text, term, false) }

// indexText adds or removes the entries of a row, one for each term: how many
// times the text has it, of how many words. It updates the number of texts and
// words of the index.
func (tx *Tx) indexText(i schema.Index, key []byte, row Row, add bool) error {
	text, ok := i.Text(row[i.Column])
	if !ok {
		return nil
	}
	terms := i.Terms(text)
	times := map[string]int{}
	for _, term := range terms {
		times[term]++
	}
	for term, n := range times {
		entry := append(termPrefix(term), key...)
		statement, args := "DELETE FROM "+indexTable(i)+" WHERE k = ?", []any{entry}
		if add {
			statement, args = "INSERT OR REPLACE INTO "+indexTable(i)+" (k, times, words) VALUES (?, ?, ?)", []any{entry, n, len(terms)}
		}
		if err := tx.exec(statement, args...); err != nil {
			return err
		}
	}
	texts, words := 1, len(terms)
	if !add {
		texts, words = -texts, -words
	}
	return tx.exec("UPDATE texts SET texts = texts + ?, words = words + ? WHERE id = ?", texts, words, i.ID)
}

// posting is an entry of a term: the key of a row, how many times its text has the
// term, of how many words.
type posting struct {
	key          []byte
	times, words int
}

// ByRelevance lists the keys of the rows that have all terms, those with the
// highest score first: BM25 as Astra's indexes compute it. Like them it reads
// the whole list of each term, and no row.
func (s *Store) ByRelevance(ctx context.Context, i schema.Index, terms []string) ([][]byte, error) {
	terms = slices.Compact(slices.Sorted(slices.Values(terms)))
	texts, average, err := s.textSizes(ctx, i)
	if err != nil || len(terms) == 0 {
		return nil, err
	}
	type hit struct {
		key   []byte
		score float64
	}
	var hits []hit
	for n, term := range terms {
		list, err := s.postings(ctx, i, term)
		if err != nil {
			return nil, err
		}
		rarity := math.Log(1 + (float64(texts-len(list))+0.5)/(float64(len(list))+0.5))
		before := hits
		hits = nil
		for _, p := range list {
			h := hit{key: p.key}
			if n > 0 {
				at, found := slices.BinarySearchFunc(before, p.key, func(h hit, key []byte) int { return bytes.Compare(h.key, key) })
				if !found {
					continue
				}
				h = before[at]
			}
			h.score += rarity * p.saturated(average)
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	keys := make([][]byte, len(hits))
	for n, h := range hits {
		keys[n] = h.key
	}
	return keys, nil
}

// The parameters of BM25 in Astra's indexes: how soon more of a term counts no
// more, and how much the length of a text counts against it.
const (
	saturation = 1.2
	lengthness = 0.75
)

func (p posting) saturated(average float64) float64 {
	times := float64(p.times)
	return times / (times + saturation*(1-lengthness+lengthness*float64(p.words)/average))
}

func (s *Store) postings(ctx context.Context, i schema.Index, term string) ([]posting, error) {
	prefix := termPrefix(term)
	rows, err := s.query(ctx, "SELECT k, times, words FROM "+indexTable(i), Span{prefix, After(prefix)}, false)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []posting
	for rows.Next() {
		var p posting
		if err := rows.Scan(&p.key, &p.times, &p.words); err != nil {
			return nil, err
		}
		p.key = p.key[len(prefix):]
		list = append(list, p)
	}
	return list, rows.Err()
}

// textSizes are the number of texts of a text index and the average number of
// their words.
func (s *Store) textSizes(ctx context.Context, i schema.Index) (texts int, average float64, err error) {
	stmt, err := s.prepared("SELECT texts, words FROM texts WHERE id = ?")
	if err != nil {
		return 0, 0, err
	}
	var words int
	err = stmt.QueryRowContext(ctx, i.ID).Scan(&texts, &words)
	return texts, float64(words) / float64(max(texts, 1)), err
}

// Rarest is the prefix of the term that the fewest rows have.
func (s *Store) Rarest(ctx context.Context, i schema.Index, terms []string) (rarest []byte, err error) {
	stmt, err := s.prepared("SELECT count(*) FROM " + indexTable(i) + " WHERE k >= ? AND k < ?")
	if err != nil {
		return nil, err
	}
	fewest := math.MaxInt
	for _, term := range terms {
		prefix := termPrefix(term)
		var n int
		if err := stmt.QueryRowContext(ctx, prefix, After(prefix)).Scan(&n); err != nil {
			return nil, err
		}
		if n < fewest {
			rarest, fewest = prefix, n
		}
	}
	return rarest, nil
}
