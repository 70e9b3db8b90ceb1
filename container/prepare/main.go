// Command prepare readies an embedded Astra for one API on a laptop: keyspace,
// tables, roles with the least actions to write and to read, a token of each,
// and a JWT key, the last three as files that only their owner may read. Run again it changes
// nothing. Real databases are prepared by the stacks, never from here.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

// Names of the files in the -out folder, those of the service's settings.
const (
	tokenFile     = "ASTRA_DB_APPLICATION_TOKEN"
	readTokenFile = "ASTRA_DB_READ_ONLY_TOKEN"
	keyFile       = "JWT_SECRET_KEY"
)

// job is one preparation.
type job struct {
	url, database, keyspace, adminFile, out string
	patience                                time.Duration
	admin                                   astra.Token
	control                                 *devops.Client
}

// run carries out the whole preparation.
func run(ctx context.Context, args []string, out io.Writer) error {
	j, err := parse(args)
	if err != nil {
		return err
	}
	if err := j.connect(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{j.ensureKeyspace, j.ensureTables, j.ensureTokens, j.ensureKey} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "keyspace %s is ready; tokens and key are in %s\n", j.keyspace, j.out)
	return err
}

func parse(args []string) (*job, error) {
	j := &job{}
	flags := flag.NewFlagSet("prepare", flag.ContinueOnError)
	flags.StringVar(&j.url, "url", "http://127.0.0.1:8181", "address of the embedded Astra")
	flags.StringVar(&j.database, "database-id", "00000000-0000-4000-8000-000000000001", "its database")
	flags.StringVar(&j.keyspace, "keyspace", "killrvideo", "keyspace to prepare")
	flags.StringVar(&j.adminFile, "admin-token-file", "", "file with its administrator token")
	flags.StringVar(&j.out, "out", "", "folder that receives "+tokenFile+", "+readTokenFile+" and "+keyFile)
	flags.DurationVar(&j.patience, "wait", time.Minute, "how long to wait for it to listen")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	var problems []error
	if u, err := url.Parse(j.url); err != nil || u.Scheme != "http" || u.Host == "" {
		problems = append(
			problems,
			fmt.Errorf("-url %q: give the http address of an embedded Astra; a real database is prepared by `make up`", j.url),
		)
	}
	if j.adminFile == "" {
		problems = append(problems, errors.New("-admin-token-file is missing: name the file that astra-local wrote"))
	}
	if j.out == "" {
		problems = append(problems, errors.New("-out is missing: name the folder for the tokens and the key"))
	}
	j.url = strings.TrimRight(j.url, "/")
	return j, errors.Join(problems...)
}

// write puts a secret into a file that only its owner may read, whole or not
// at all.
func (j *job) write(name, secret string) error {
	if err := os.MkdirAll(j.out, 0o700); err != nil {
		return fmt.Errorf("make the folder for %s: %w", name, err)
	}
	temporary, err := os.CreateTemp(j.out, "."+name+"-")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, writeErr := temporary.WriteString(secret)
	err = errors.Join(writeErr, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), filepath.Join(j.out, name))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(temporary.Name()))
	}
	return nil
}

// read is a file's content without surrounding space, empty when there is none.
func read(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}
