package local

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/local/vectorize"
)

const (
	banner       = "astra-local: this is not Astra DB. It is an embedded stand-in for laptops and tests. "
	withoutModel = "Texts are embedded on this machine, without a model, whichever provider a definition names."
	withEndpoint = "Texts are embedded by %s, whichever provider a definition names."
)

// What the program was built from. The linker sets both, with -X of this
// package's path; a plain go build leaves them.
var version, commit = "development", "unknown"

// grace is how long requests in progress may take after a stop.
const grace = 10 * time.Second

// Run serves until the context ends. It prints a banner and, once it listens,
// a line "url: http://HOST:PORT" on stdout; logs go to stderr as JSON.
func Run(ctx context.Context, args, _ []string, stdout io.Writer) error {
	var c Config
	fs := flag.NewFlagSet("astra-local", flag.ContinueOnError)
	fs.StringVar(&c.Dir, "dir", "", "data folder (required, unless -memory)")
	fs.BoolVar(&c.Memory, "memory", false, "keep nothing: the data goes with the process")
	fs.StringVar(&c.Restore, "restore", "", "snapshot that an empty data folder begins with")
	fs.BoolVar(&c.Faults, "faults", false, "let tests inject faults over HTTP, at "+faultPath)
	addr := fs.String("addr", "127.0.0.1:0", "loopback address to listen on")
	fs.StringVar(&c.AdminTokenFile, "admin-token-file", "", "file of the administrator's token (default DIR/admin-token)")
	fs.StringVar(&c.DatabaseID, "database-id", "", "id of the one database (default 00000000-0000-4000-8000-000000000001)")
	fs.StringVar(&c.Region, "region", "us-east1", "region of the database")
	fs.StringVar(&c.Keyspace, "keyspace", "default_keyspace", "keyspace to make at start")
	fs.IntVar(&c.PageSize, "page-size", 50, "rows in a page; older Astra has 20")
	embeddings := fs.String("embeddings", "", "URL of an API like OpenAI's that embeds texts by a model, such as http://127.0.0.1:11434/v1")
	model := fs.String("embedding-model", "", "model to ask -embeddings for (default: the one that a definition names)")
	fs.DurationVar(&c.Delays.Database, "database-delay", 2*time.Second, "how long a new database takes to become ACTIVE")
	fs.DurationVar(&c.Delays.Keyspace, "keyspace-delay", 50*time.Millisecond, "how long a keyspace takes to be made or dropped")
	allowNonLoopback := fs.Bool("allow-non-loopback", false, "listen on addresses other than loopback; for containers of a compose file only")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if (c.Dir == "") != c.Memory || c.PageSize < 1 || c.PageSize > 500 {
		return errors.New("astra-local needs -dir DIR or -memory, and a -page-size from 1 to 500")
	}
	if err := loopback(*addr); err != nil && !*allowNonLoopback {
		return err
	}
	said := banner + withoutModel
	if *embeddings != "" {
		endpoint, err := vectorize.NewEndpoint(*embeddings, *model)
		if err != nil {
			return err
		}
		c.Embed, said = endpoint.Ask, banner+fmt.Sprintf(withEndpoint, *embeddings)
	}
	c.Log = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	return serve(ctx, c, *addr, said, stdout)
}

// loopback refuses addresses that others on the network could reach.
func loopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("-addr %q must be HOST:PORT: %w", addr, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("-addr %q is not a loopback address; use 127.0.0.1", addr)
}

func serve(ctx context.Context, c Config, addr, said string, stdout io.Writer) error {
	server, err := Open(c)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s (choose another -addr): %w", addr, err), server.Close())
	}
	fmt.Fprintf(stdout, "%s\nversion: %s, commit: %s\nurl: http://%s\n", said, version, commit, ln.Addr())
	if c.Memory {
		fmt.Fprintf(stdout, "token file: %s\n", server.tokenFile)
	}
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- web.Serve(ln) }()
	select {
	case err = <-stopped:
		return errors.Join(err, server.Close())
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err = web.Shutdown(end)
	if served := <-stopped; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, server.Close())
}
