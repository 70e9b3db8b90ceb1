package plan

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Kind is how many resources of a type a plan has.
type Kind struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// Summary counts the resources of a plan.
type Summary struct {
	// Resources are all of them; Components are those of them that group others.
	Resources  int `json:"resources"`
	Components int `json:"components"`
	Protected  int `json:"protected"`
	// Kinds are those that are no components, the most frequent of a provider first.
	Kinds []Kind `json:"kinds"`
}

// Summary counts by type.
func (p *Plan) Summary() Summary {
	sum := Summary{Resources: len(p.Resources)}
	counts := map[string]int{}
	for _, r := range p.Resources {
		if r.Protect {
			sum.Protected++
		}
		if r.Component {
			sum.Components++
			continue
		}
		counts[r.Type]++
	}
	for kind, count := range counts {
		sum.Kinds = append(sum.Kinds, Kind{kind, count})
	}
	slices.SortFunc(sum.Kinds, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(providerOf(a.Type), providerOf(b.Type)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Type, b.Type))
	})
	return sum
}

// Print writes the counts, a line a provider.
func (s Summary) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "resources: %d, %d of them components, %d protected from deletion\n", s.Resources, s.Components, s.Protected)
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for rest := s.Kinds; len(rest) > 0; {
		provider, total, names := providerOf(rest[0].Type), 0, []string{}
		for len(rest) > 0 && providerOf(rest[0].Type) == provider {
			total += rest[0].Count
			names = append(names, fmt.Sprintf("%d %s", rest[0].Count, shortType(rest[0].Type)))
			rest = rest[1:]
		}
		fmt.Fprintf(table, "  %s\t%d\t%s\n", provider, total, strings.Join(names, ", "))
	}
	_ = table.Flush() // into memory
	_, err := io.WriteString(w, b.String())
	return err
}

// providerOf is the provider's part of a type.
func providerOf(kind string) string {
	provider, _, _ := strings.Cut(kind, ":")
	return provider
}

// shortType is a type without its provider, such as lb.Listener of
// aws:lb/listener:Listener and Role of astradb:index:Role.
func shortType(kind string) string {
	parts := strings.Split(kind, ":")
	name := parts[len(parts)-1]
	module, _, _ := strings.Cut(parts[min(1, len(parts)-1)], "/")
	if module == "index" || len(parts) < 3 {
		return name
	}
	return module + "." + name
}
