package plan

import (
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// Print writes the plan as text: a paragraph a resource, in a form that only
// changes when the plan does.
func (p *Plan) Print(w io.Writer) error {
	var b strings.Builder
	made := 0
	for _, r := range p.Resources {
		if err := r.print(&b); err != nil {
			return err
		}
		if !r.Component {
			made++
		}
	}
	fmt.Fprintf(&b, "%d resources, %d of them components\n", len(p.Resources), len(p.Resources)-made)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Resource) print(b *strings.Builder) error {
	fmt.Fprintf(b, "%s\n", r.Label())
	if r.Parent != "" {
		fmt.Fprintf(b, "  in %s\n", r.Parent)
	}
	for _, earlier := range r.After {
		fmt.Fprintf(b, "  after %s\n", earlier)
	}
	if r.Protect {
		b.WriteString("  protected from deletion\n")
	}
	if r.DeleteFirst {
		b.WriteString("  replaced by deleting the old one first\n")
	}
	if len(r.Inputs) > 0 {
		var text strings.Builder
		encoder := yaml.NewEncoder(&text)
		encoder.SetIndent(2)
		if err := encoder.Encode(r.Inputs); err != nil {
			return fmt.Errorf("print %s: %w", r.Label(), err)
		}
		for line := range strings.Lines(text.String()) {
			b.WriteString("    " + line)
		}
	}
	b.WriteString("\n")
	return nil
}
