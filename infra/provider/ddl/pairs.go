package ddl

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// pairs are the members of a JSON object in their order, as "name value": what
// a map would lose.
type pairs []string

// UnmarshalJSON reads an object of numbers.
func (p *pairs) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	first, err := decoder.Token()
	if err != nil || first == nil { // null is an absent object
		return err
	}
	if first != json.Delim('{') {
		return fmt.Errorf("must be an object of columns and directions")
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		direction, err := decoder.Token()
		if err != nil {
			return err
		}
		if direction != float64(1) && direction != float64(-1) {
			return fmt.Errorf("the direction of %v must be 1 or -1", name)
		}
		*p = append(*p, fmt.Sprintf("%v %v", name, direction))
	}
	return nil
}
