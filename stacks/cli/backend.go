package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

const backendVariable = "PULUMI_BACKEND_URL"

// teamBackend is the backend that Pulumi.yaml names, where the state of every
// stack on a cloud is; "" if it names none.
func (h *home) teamBackend() (string, error) {
	var project struct{ Backend struct{ URL string } }
	err := h.readProject(&project)
	return project.Backend.URL, err
}

// readProject decodes Pulumi.yaml.
func (h *home) readProject(into any) error {
	text, err := os.ReadFile(h.projectFile())
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("read the project: %w", err)
	}
	return nil
}

func (h *home) projectFile() string { return filepath.Join(h.root, "Pulumi.yaml") }

// backendMember is the member of Pulumi.yaml that names the backend.
var backendMember = regexp.MustCompile(`(?m)^backend:.*\n(?:[ \t]+.*\n)*`)

// setTeamBackend makes Pulumi.yaml name a backend. All else in it stays.
func (h *home) setTeamBackend(url string) error {
	text, err := os.ReadFile(h.projectFile())
	if err != nil {
		return fmt.Errorf("read the project: %w", err)
	}
	value, err := yaml.Marshal(map[string]map[string]string{"backend": {"url": url}})
	if err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	changed := strings.TrimRight(backendMember.ReplaceAllString(string(text), ""), "\n") + "\n" + string(value)
	if changed == string(text) {
		return nil
	}
	part := h.projectFile() + ".new"
	if err = os.WriteFile(part, []byte(changed), 0o644); err == nil {
		err = os.Rename(part, h.projectFile())
	}
	if err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	return nil
}

// backend is where the state of the stack is: what the caller exports, then for a
// stack on a cloud the team's, else this machine's.
func (c *command) backend() string {
	if given := os.Getenv(backendVariable); given != "" {
		return given
	}
	if team, err := c.home.teamBackend(); err == nil && team != "" && !c.file.IsLocal {
		return team
	}
	return c.home.backend()
}
