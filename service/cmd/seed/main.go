// Command seed fills an embedded Astra with sample data. It refuses any other
// database: its accounts have a password that everybody knows.
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
	"github.com/killrvideo/killrvideo-go/service/seed"
	"github.com/killrvideo/killrvideo-go/service/seed/load"
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
	endpoint := flags.String("endpoint", "http://127.0.0.1:8181", "Data API of the embedded Astra")
	tokenFile := flags.String("token-file", "", "file of a token that may write (required)")
	keyspace := flags.String("keyspace", "killrvideo", "keyspace of the tables")
	if err := flags.Parse(args); err != nil {
		return err
	}
	size, err := seed.SizeNamed(*name)
	if err != nil {
		return err
	}
	if err := loopback(*endpoint); err != nil {
		return err
	}
	token, err := os.ReadFile(*tokenFile)
	if err != nil {
		return fmt.Errorf("read the token (-token-file; run make up first): %w", err)
	}
	client := dataapi.NewClient(options.API().SetToken(astra.Token(strings.TrimSpace(string(token)))).SetKeyspace(*keyspace))
	return fill(ctx, store.New(store.Config{Database: client.Database(*endpoint)}), size, out)
}

// loopback refuses a database that is not on this machine.
func loopback(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return fmt.Errorf("-endpoint %q is no URL: %w", endpoint, err)
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
		return errors.New("-endpoint is not on this machine; sample data has accounts that everybody can log in to, and goes into an embedded Astra only")
	}
	return nil
}

func fill(ctx context.Context, to *store.Store, size seed.Size, out io.Writer) error {
	hasher, err := auth.NewHasher(auth.DefaultParams, 1)
	if err != nil {
		return err
	}
	hash, err := hasher.Hash(ctx, seed.Password)
	if err != nil {
		return err
	}
	bar := progressbar.NewOptions(size.Users+size.Videos, progressbar.OptionSetWriter(out),
		progressbar.OptionSetDescription(size.Name), progressbar.OptionShowCount(), progressbar.OptionThrottle(200*time.Millisecond))
	loaded, err := load.All(ctx, to, seed.New(size, time.Now()), hash, func() { _ = bar.Add(1) })
	to.Tidy(ctx)
	_, _ = fmt.Fprintf(out, "\n%d people and %d videos are new\nlog in as %s with the password %s\n",
		loaded.Users, loaded.Videos, strings.Join(seed.Known()[:3], ", "), seed.Password)
	return err
}
