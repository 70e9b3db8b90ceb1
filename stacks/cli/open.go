package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/term"
)

// browse prints the address of the stack's web front end, or without one of its
// documentation, and opens it in the browser if there is a terminal and a browser.
func (c *command) browse(ctx context.Context, args []string) error {
	if err := noOptions("open", args); err != nil {
		return err
	}
	stack, err := c.deployed(ctx)
	if err != nil {
		return err
	}
	web, docs := stack.Text("web"), stack.Text("docs")
	if c.json {
		return c.printJSON(struct {
			URL  string `json:"url"`
			Docs string `json:"docs"`
			Web  string `json:"web,omitempty"`
		}{stack.Text("url"), docs, web})
	}
	page := cmp.Or(web, docs)
	if _, err := fmt.Fprintln(c.out, page); err != nil {
		return err
	}
	if !term.IsTerminal(int(os.Stdout.Fd())) {
		return nil
	}
	opener := map[string]string{"darwin": "open", "windows": "explorer"}[runtime.GOOS]
	if opener == "" {
		opener = "xdg-open"
	}
	if err := exec.CommandContext(ctx, opener, page).Run(); err != nil {
		c.say(fmt.Sprintf("no browser was opened: %v", err))
	}
	return nil
}
