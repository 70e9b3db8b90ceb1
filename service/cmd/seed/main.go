// Command seed fills an embedded Astra with sample data, made up or from a
// folder with KillrVideo's official CSV files. It refuses any other database:
// the passwords of all accounts are public.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/service/auth"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
	"github.com/killrvideo/killrvideo-go/service/seed/official"
	"github.com/killrvideo/killrvideo-go/service/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	name := flags.String("size", "small", "small, medium or large")
	folder := flags.String("from", "", "folder with KillrVideo's CSV files, to load instead of made-up data")
	endpoint := flags.String("endpoint", "http://127.0.0.1:8181", "Data API of the embedded Astra")
	tokenFile := flags.String("token-file", "", "file of a token that may write (required)")
	keyspace := flags.String("keyspace", "killrvideo", "keyspace of the tables")
	ifEmpty := flags.Bool("if-empty", false, "load nothing if there are videos already")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := loopback(*endpoint); err != nil {
		return err
	}
	data, err := choose(*name, *folder)
	if err != nil {
		return err
	}
	token, err := os.ReadFile(*tokenFile)
	if err != nil {
		return fmt.Errorf("read the token (-token-file; run make up first): %w", err)
	}
	client := dataapi.NewClient(options.API().SetToken(astra.Token(strings.TrimSpace(string(token)))).SetKeyspace(*keyspace))
	to := store.New(store.Config{Database: client.Database(*endpoint)})
	if *ifEmpty {
		present, err := to.Videos.LatestVideos(ctx, killrvideo.Page{Number: 1, Size: 1})
		if err != nil {
			return fmt.Errorf("look for videos: %w", err)
		}
		if present.Total > 0 || len(present.Items) > 0 {
			_, _ = fmt.Fprintf(out, "%d videos are there already; no sample data was added\n", present.Total)
			return nil
		}
	}
	return fill(ctx, to, data, out)
}

// data is what is loaded, with what to say about it.
type data interface {
	load.Data
	// Known are the e-mails of accounts to log in with.
	Known() []string
	Notes() []string
}

func choose(size, folder string) (data, error) {
	if folder != "" {
		return official.Read(folder)
	}
	known, err := seed.SizeNamed(size)
	if err != nil {
		return nil, err
	}
	return seed.New(known, time.Now()), nil
}

// loopback refuses a database that is not on this machine.
func loopback(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return fmt.Errorf("-endpoint %q is no URL: %w", endpoint, err)
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return errors.New("-endpoint is not on this machine; sample data has accounts with public passwords, and goes into an " +
			"embedded Astra only")
	}
	return nil
}

func fill(ctx context.Context, to *store.Store, from data, out io.Writer) error {
	hash, err := auth.NewHasher(auth.DefaultParams, 1).Hash(ctx, seed.Password)
	if err != nil {
		return err
	}
	for _, note := range from.Notes() {
		_, _ = fmt.Fprintln(out, note)
	}
	size := from.Size()
	bar := progressbar.NewOptions(size.Users+size.Videos, progressbar.OptionSetWriter(out), progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionSetDescription(size.Name), progressbar.OptionShowCount(), progressbar.OptionThrottle(200*time.Millisecond))
	loaded, err := load.All(ctx, to, from, hash, func() { _ = bar.Add(1) })
	to.Tidy(context.WithoutCancel(ctx)) // counts what was loaded until an interrupt, too
	_, _ = fmt.Fprintf(out, "\n%d people and %d videos are new\nlog in as %s with the password %s\n",
		loaded.Users, loaded.Videos, strings.Join(from.Known(), ", "), seed.Password)
	return err
}
