package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// Parse reads what Print wrote, with any lines around the resources, or a JSON
// object with the member resources.
func Parse(text string) (*Plan, error) {
	p := &Plan{}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if err := json.Unmarshal([]byte(text), p); err != nil {
			return nil, fmt.Errorf("read a plan in JSON: %w", err)
		}
		return p.orEmpty()
	}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		lines := strings.Split(strings.Trim(paragraph, "\n"), "\n")
		kind, name, found := strings.Cut(lines[0], " ")
		if !found || strings.Count(kind, ":") != 2 || strings.Contains(name, " ") {
			continue
		}
		one := Resource{Type: kind, Name: name}
		var inputs strings.Builder
		for _, line := range lines[1:] {
			one.read(line, &inputs)
		}
		if err := yaml.Unmarshal([]byte(inputs.String()), &one.Inputs); err != nil {
			return nil, fmt.Errorf("read %s from a printed plan: %w", lines[0], err)
		}
		for name, value := range one.Inputs {
			one.Inputs[name] = numbers(value)
		}
		p.Resources = append(p.Resources, one)
	}
	return p.orEmpty()
}

func (p *Plan) orEmpty() (*Plan, error) {
	if len(p.Resources) == 0 {
		return nil, fmt.Errorf("the text holds no plan; make plan DETAILS=1 prints one, and make plan JSON=1")
	}
	return p, nil
}

func (r *Resource) read(line string, inputs *strings.Builder) {
	word := strings.TrimPrefix(line, "  ")
	switch {
	case strings.HasPrefix(line, "    "):
		inputs.WriteString(line[4:] + "\n")
	case line == "":
		// A blank line within a text.
		inputs.WriteString("\n")
	case strings.HasPrefix(word, "in "):
		r.Parent = strings.TrimPrefix(word, "in ")
	case strings.HasPrefix(word, "after "):
		r.After = append(r.After, strings.TrimPrefix(word, "after "))
	case strings.HasPrefix(word, "protected"):
		r.Protect = true
	case strings.HasPrefix(word, "replaced by"):
		r.DeleteFirst = true
	}
}

// numbers makes every number what it is in a plan that was not printed: the
// engine's protocol knows no whole ones.
func numbers(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = numbers(v[name])
		}
	}
	return value
}
