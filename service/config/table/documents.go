package table

import (
	"fmt"
	"strings"
)

const envHeader = `# Settings of the API for local development. Copy this file to .env, which git
# and the image ignore, and replace what stands in <angle brackets>: the service
# refuses it as it is. The process environment wins over .env. Write values
# without quotes; they are literal, as for "docker run --env-file". (Compose
# expands $WORD in an env_file: write $$WORD there.)
# "make dev" and "docker compose up" need none of this.
# Generated from service/config/table: make generate
`

// EnvExample returns the text of .env.example: required settings to fill in, and
// every other one as a comment with its default or an example.
func EnvExample() string {
	var b strings.Builder
	b.WriteString(envHeader + "\n")
	var files []string
	for _, s := range Service() {
		if s.Secret {
			files = append(files, s.Name+"_FILE")
		}
	}
	b.WriteString(comment("Each secret may be read from a file instead; its own variable stays unset then: " + strings.Join(files, ", ")))
	for _, section := range Sections() {
		fmt.Fprintf(&b, "\n# --- %s %s\n", section.Title, strings.Repeat("-", 74-len(section.Title)))
		for _, s := range section.Settings {
			b.WriteString("\n" + comment(s.Description()))
			switch {
			case s.Required:
				fmt.Fprintf(&b, "%s=%s\n", s.Name, s.Example)
			case s.Default != "":
				fmt.Fprintf(&b, "# %s=%s\n", s.Name, s.Default)
			default:
				fmt.Fprintf(&b, "# %s=%s\n", s.Name, s.Example)
			}
		}
	}
	return b.String()
}

// comment wraps a text into lines of a comment.
func comment(text string) string {
	var b strings.Builder
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 80 {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}

// Markdown returns the table of settings for a README, one row a setting.
func Markdown(heading string, settings []Setting) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | default | meaning |\n|---|---|---|\n", heading)
	for _, s := range settings {
		text := strings.ReplaceAll(s.Description(), "|", `\|`)
		if s.More != "" {
			text += "; " + s.More
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Name, s.defaultCell(), text)
	}
	return b.String()
}

func (s Setting) defaultCell() string {
	var parts []string
	if s.Required {
		parts = append(parts, "required")
	}
	if s.Secret {
		parts = append(parts, "secret")
	}
	switch {
	case s.Unset != "":
		parts = append(parts, s.Unset)
	case s.Default != "":
		parts = append(parts, "`"+s.Default+"`")
	}
	return strings.Join(parts, ", ")
}

// Usage returns the flags with their defaults, as -help prints them.
func Usage() string {
	var b strings.Builder
	for _, s := range Service() {
		fmt.Fprintf(&b, "  -%-40s %s", s.Flag(), s.Description())
		if s.Default != "" {
			fmt.Fprintf(&b, " (default %s)", s.Default)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// ReplaceBlock puts content between the line that ends with "generated: NAME" and the
// one that ends with "end: NAME" of a document, whatever comments they are in.
func ReplaceBlock(document, name, content string) (string, error) {
	begin, end := strings.Index(document, "generated: "+name), strings.Index(document, "end: "+name)
	if begin < 0 || end < begin {
		return "", fmt.Errorf("the document has no block %q", name)
	}
	begin += strings.Index(document[begin:], "\n") + 1
	end = strings.LastIndex(document[:end], "\n") + 1
	return document[:begin] + content + document[end:], nil
}
