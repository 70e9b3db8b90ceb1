package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/killrvideo/killrvideo-go/stacks"
)

// changedSetting is a setting that a command writes; "" is the default.
type changedSetting struct {
	Key  string `json:"key"`
	From string `json:"from"`
	To   string `json:"to"`
}

func (s changedSetting) String() string {
	return fmt.Sprintf("%s: %s -> %s", s.Key, cmp.Or(s.From, "not set"), cmp.Or(s.To, "not set"))
}

// effective are the stack's settings that are no secrets, with their defaults, in
// the form in which the program reads them.
func (c *command) effective() (values, defaults map[string]string, err error) {
	settings, _, err := c.file.Read()
	if err != nil {
		return nil, nil, err
	}
	source, err := stacks.FromFile(c.stack, settings)
	if err != nil {
		return nil, nil, err
	}
	values, defaults = map[string]string{}, map[string]string{}
	for _, key := range stacks.Keys() {
		defaults[key.Name] = plain(key.Default)
		full := stacks.Namespace + ":" + key.Name
		if key.Secret || source.IsConfigSecret(full) {
			continue
		}
		value, _ := source.GetConfig(full)
		if value = cmp.Or(plain(value), defaults[key.Name]); value != "" {
			values[key.Name] = value
		}
	}
	return values, defaults, nil
}

// plain is a value in a form that can be compared: an object in its canonical
// form, and "" for an empty one.
func plain(value string) string {
	var object map[string]any
	if !strings.HasPrefix(value, "{") || json.Unmarshal([]byte(value), &object) != nil {
		return value
	}
	if len(object) == 0 {
		return ""
	}
	text, err := json.Marshal(object)
	if err != nil {
		return value
	}
	return string(text)
}

// write puts settings into the stack's file, where comments stay.
func (c *command) write(changes []changedSetting) error {
	values := map[string]any{}
	for _, change := range changes {
		var object map[string]any
		switch {
		case change.To == "":
			values[stacks.Namespace+":"+change.Key] = nil
		case json.Unmarshal([]byte(change.To), &object) == nil:
			values[stacks.Namespace+":"+change.Key] = object
		default:
			values[stacks.Namespace+":"+change.Key] = change.To
		}
	}
	if err := c.file.Set(values); err != nil {
		return fmt.Errorf("write the settings of stack %s: %w", c.stack, err)
	}
	return nil
}

// differ are the changes that make settings be what they were.
func differ(current, defaults, then map[string]string) (changes []changedSetting) {
	all := maps.Clone(current)
	maps.Copy(all, then)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		from, to := current[key], plain(then[key])
		if stacks.KeptByRollback(key) || from == cmp.Or(to, defaults[key]) {
			continue
		}
		if to == defaults[key] {
			to = ""
		}
		changes = append(changes, changedSetting{key, from, to})
	}
	return changes
}
