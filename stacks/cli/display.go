package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"github.com/killrvideo/killrvideo-go/stacks/launch/spinner"
)

// style colours text on a terminal; elsewhere, and with NO_COLOR, text stays as
// it is.
type style struct {
	terminal                                bool
	good, bad, warn, dim, heading, emphasis lipgloss.Style
}

func styleOf(out io.Writer) style {
	file, isFile := out.(*os.File)
	terminal := isFile && spinner.IsTerminal(file)
	renderer := lipgloss.NewRenderer(out) // without colours unless out is a terminal and NO_COLOR is not set
	renderer.SetHasDarkBackground(true)   // asking the terminal would print to it
	colour := func(code string) lipgloss.Style { return renderer.NewStyle().Foreground(lipgloss.Color(code)) }
	return style{
		terminal: terminal, good: colour("2"), bad: colour("1"), warn: colour("3"), dim: renderer.NewStyle().Faint(true),
		heading: renderer.NewStyle().Bold(true), emphasis: colour("6"),
	}
}

// next is the line at the end that says which command comes next.
func (s style) next(command string) string { return "next: " + s.emphasis.Render(command) }

// summary is a writer for the summary of a plan: what a part is about is a
// heading, a broken rule is bad and what the internet reaches a warning.
func (s style) summary(out io.Writer) io.Writer {
	if !s.terminal {
		return out
	}
	return lineWriter(func(line string) error {
		title, rest, titled := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "  BROKEN"):
			line = s.bad.Render(line)
		case strings.HasPrefix(line, "  waived"), strings.Contains(line, " to the internet"):
			line = s.warn.Render(line)
		case titled && line[0] != ' ':
			line = s.heading.Render(title+":") + rest
		}
		_, err := fmt.Fprintln(out, line)
		return err
	})
}

// planned is a writer for a printed plan: the line that names a resource is a
// heading, and what only orders it is dim.
func (s style) planned(out io.Writer) io.Writer {
	if !s.terminal {
		return out
	}
	return lineWriter(func(line string) error {
		switch text := strings.TrimSpace(line); {
		case text != "" && line[0] != ' ':
			line = s.heading.Render(line)
		case strings.HasPrefix(text, "after ") || strings.HasPrefix(text, "in "):
			line = s.dim.Render(line)
		}
		_, err := fmt.Fprintln(out, line)
		return err
	})
}

// lineWriter is called for each line; what is written at a time is whole lines.
type lineWriter func(line string) error

func (w lineWriter) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		if err := w(strings.TrimSuffix(line, "\n")); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// failureText is an error with its first line in the colour of failures.
func failureText(s style, err error) string {
	first, rest, more := strings.Cut(err.Error(), "\n")
	text := s.bad.Render("✗ " + first)
	if !s.terminal {
		text = first
	}
	if more {
		text += "\n" + rest
	}
	return text
}

// screen is the output of a command. On a terminal its last line says what is
// under way, of several things the one that began last.
type screen struct {
	style
	*spinner.Spinner
	lock  sync.Mutex
	texts []*func() string
}

func newScreen(out io.Writer) *screen {
	s := &screen{style: styleOf(out)}
	s.Spinner = spinner.Start(out, s.terminal, s.text)
	return s
}

func (s *screen) text() string {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.texts) == 0 {
		return ""
	}
	return (*s.texts[len(s.texts)-1])()
}

// during shows a text until the returned function is called.
func (s *screen) during(text func() string) (done func()) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.texts = append(s.texts, &text)
	return func() {
		s.lock.Lock()
		defer s.lock.Unlock()
		s.texts = slices.DeleteFunc(s.texts, func(t *func() string) bool { return t == &text })
	}
}

// display shows an operation of the engine as it goes: a line a resource, each
// note once, and on a terminal what is under way and for how long.
type display struct {
	*screen
	preview bool
	done    func()
	began   time.Time
	counts  map[apitype.OpType]int
	notes   []string

	lock   sync.Mutex
	steps  []*step // under way, the oldest first
	status string  // of the program itself
	since  time.Time
}

// step is a resource that the engine works on.
type step struct {
	urn, status string
	began       time.Time
}

func newDisplay(on *screen, preview bool) *display {
	d := &display{screen: on, preview: preview, began: time.Now(), counts: map[apitype.OpType]int{}}
	d.doing("starting the engine")
	d.done = on.during(d.underWay)
	return d
}

// doing says what the program does while no step is under way.
func (d *display) doing(status string) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.status, d.since = status, time.Now()
}

// underWay is the text of the spinner: the oldest step, or what the program does.
func (d *display) underWay() string {
	d.lock.Lock()
	defer d.lock.Unlock()
	if len(d.steps) == 0 {
		return d.status + "  " + spinner.Elapsed(time.Since(d.since))
	}
	of := d.steps[0]
	text := nameIn(of.urn) + "  " + spinner.Elapsed(time.Since(of.began))
	if len(d.steps) > 1 {
		text += fmt.Sprintf("  (and %d more)", len(d.steps)-1)
	}
	if of.status != "" {
		text += "  " + of.status
	}
	return text
}

// event shows one event of the engine.
func (d *display) event(event events.EngineEvent) {
	switch {
	case event.ResourcePreEvent != nil:
		d.begin(event.ResourcePreEvent.Metadata)
	case event.ResOutputsEvent != nil:
		d.end(event.ResOutputsEvent.Metadata, "")
	case event.ResOpFailedEvent != nil:
		d.end(event.ResOpFailedEvent.Metadata, "failed")
	case event.DiagnosticEvent != nil:
		d.note(event.DiagnosticEvent)
	}
}

func (d *display) begin(m apitype.StepEventMetadata) {
	if m.Op == apitype.OpSame || m.Op == apitype.OpReplace || isInternal(m) || d.preview {
		return
	}
	if !d.terminal {
		d.Println(fmt.Sprintf("%s %s %s %s", symbolOf(m.Op), m.Type, nameIn(m.URN), doing(m.Op)))
	}
	d.doing("waiting for the engine")
	d.lock.Lock()
	defer d.lock.Unlock()
	d.steps = append(d.steps, &step{urn: m.URN, began: time.Now()})
}

func (d *display) end(m apitype.StepEventMetadata, failed string) {
	if isInternal(m) {
		return
	}
	took := d.forget(m.URN)
	switch {
	case failed != "":
	case m.Op == apitype.OpCreateReplacement || m.Op == apitype.OpDeleteReplaced: // the two halves of a replacement
	default:
		d.counts[m.Op]++
	}
	if m.Op == apitype.OpSame || m.Op == apitype.OpReplace {
		return
	}
	symbol := symbolOf(m.Op)
	line := []string{d.styleOf(m.Op).Render(symbol), m.Type, d.heading.Render(nameIn(m.URN)), done(m.Op, d.preview)}
	if d.terminal {
		line = []string{d.styleOf(m.Op).Render(symbol), d.heading.Render(nameIn(m.URN)), d.dim.Render(kindIn(m.Type)), done(m.Op, d.preview)}
	}
	if failed != "" {
		line[0], line[len(line)-1] = d.bad.Render("✗"), d.bad.Render(doing(m.Op)+" failed")
	}
	if properties := changedProperties(m); properties != "" {
		line = append(line, d.dim.Render(properties))
	}
	if took >= time.Second/10 && !d.preview {
		line = append(line, d.dim.Render("("+spinner.Elapsed(took)+")"))
	}
	d.Println(strings.Join(line, " "))
}

// forget takes a step off the list and returns how long it took.
func (d *display) forget(urn string) (took time.Duration) {
	d.lock.Lock()
	defer d.lock.Unlock()
	d.steps = slices.DeleteFunc(d.steps, func(s *step) bool {
		if s.urn == urn {
			took = time.Since(s.began)
		}
		return s.urn == urn
	})
	return took
}

// note prints what the program or a provider says, each text once. A passing
// status is shown by the spinner alone. Errors are printed at the end, by what
// explains the failure.
func (d *display) note(event *apitype.DiagnosticEvent) {
	text := strings.TrimSpace(colors.Never.Colorize(event.Message))
	d.lock.Lock()
	if event.Severity == "info" {
		i := slices.IndexFunc(d.steps, func(s *step) bool { return s.urn == event.URN })
		if i >= 0 {
			d.steps[i].status = text
		} else {
			d.status, d.since = text, time.Now()
		}
	}
	known := slices.Contains(d.notes, text)
	d.lock.Unlock()
	switch {
	case text == "" || known || event.Ephemeral || strings.HasPrefix(event.Severity, "error"):
		return
	case event.Severity == "warning":
		d.Println(d.warn.Render("warning: " + text))
	default:
		d.Println(d.dim.Render("  " + text))
	}
	d.notes = append(d.notes, text)
}

// summary ends the display: what was done, or would be, and in what time.
func (d *display) summary() {
	d.done()
	var parts []string
	for _, op := range slices.Sorted(maps.Keys(d.counts)) {
		if op != apitype.OpSame {
			parts = append(parts, fmt.Sprintf("%d %s", d.counts[op], done(op, d.preview)))
		}
	}
	if same := d.counts[apitype.OpSame]; same > 0 || len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("%d unchanged", same))
	}
	d.Println("\n" + d.good.Render("✓ ") + d.heading.Render(strings.Join(parts,
		", ")) + d.dim.Render(" in "+spinner.Elapsed(time.Since(d.began))))
}

// isInternal tells whether a resource is a group of others or a provider of the
// engine, of which a reader learns nothing.
func isInternal(m apitype.StepEventMetadata) bool {
	state := m.New
	if state == nil {
		state = m.Old
	}
	return state != nil && !state.Custom || strings.HasPrefix(m.Type, "pulumi:providers:")
}

func (s style) styleOf(op apitype.OpType) lipgloss.Style {
	switch {
	case strings.Contains(string(op), "delete") || op == apitype.OpDiscardReplaced:
		return s.bad
	case op == apitype.OpCreate:
		return s.good
	}
	return s.warn
}

// operations are the engine's, with their symbol and words for them.
var operations = map[apitype.OpType]struct{ symbol, doing, done string }{
	apitype.OpCreate:            {"+", "creating", "created"},
	apitype.OpUpdate:            {"~", "updating", "updated"},
	apitype.OpDelete:            {"-", "deleting", "deleted"},
	apitype.OpReplace:           {"±", "replacing", "replaced"},
	apitype.OpCreateReplacement: {"±", "creating", "created as a replacement"},
	apitype.OpDeleteReplaced:    {"-", "deleting", "deleted after its replacement"},
	apitype.OpRead:              {">", "reading", "read"},
	apitype.OpRefresh:           {"~", "refreshing", "refreshed"},
}

func symbolOf(op apitype.OpType) string { return cmp.Or(operations[op].symbol, "·") }
func doing(op apitype.OpType) string    { return cmp.Or(operations[op].doing, string(op)) }

// done is the past of an operation, or what a preview says in its place.
func done(op apitype.OpType, preview bool) string {
	if !preview {
		return cmp.Or(operations[op].done, string(op))
	}
	switch op {
	case apitype.OpCreateReplacement:
		return "to create as a replacement"
	case apitype.OpDeleteReplaced:
		return "to delete after its replacement"
	}
	return "to " + string(op)
}

// changedProperties are the names of the inputs that an update or a replacement
// changes, never their values.
func changedProperties(m apitype.StepEventMetadata) string {
	const most = 8
	names := slices.Sorted(maps.Keys(m.DetailedDiff))
	if len(names) == 0 {
		names = slices.Sorted(slices.Values(m.Diffs))
	}
	if len(names) == 0 || m.Op == apitype.OpCreate || m.Op == apitype.OpDelete {
		return ""
	}
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// nameIn is the name at the end of a URN.
func nameIn(urn string) string { return urn[strings.LastIndex(urn, ":")+1:] }

// kindIn is the last part of a type, such as Process.
func kindIn(kind string) string { return kind[strings.LastIndex(kind, ":")+1:] }
