// Command floor is what a benchmark compares the service with: a bare net/http
// handler that sends the Data API calls that it was given and then a fixed
// answer. It validates, decodes, logs and measures nothing.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/killrvideo/killrvideo-go/astra"
)

// plan is read from standard input.
type plan struct {
	Endpoint, Token string
	Requests        map[string]request
}

type request struct {
	Calls  []call
	Answer []byte
}

type call struct {
	Path string
	Body []byte
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func serve() error {
	var p plan
	if err := json.NewDecoder(os.Stdin).Decode(&p); err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(os.Stdout, "http://%s\n", listener.Addr())
	client := &http.Client{Transport: astra.NewTransport()}
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { //nolint:gosec // for a benchmark on loopback
		planned := p.Requests[strings.TrimPrefix(r.URL.Path, "/")]
		for _, c := range planned.Calls {
			if err := p.send(client, c); err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(planned.Answer)
	}))
}

func (p plan) send(client *http.Client, c call) error {
	command, err := http.NewRequest(http.MethodPost, p.Endpoint+c.Path, bytes.NewReader(c.Body))
	if err != nil {
		return err
	}
	command.Header.Set("Token", p.Token)
	command.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(command)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.ReadAll(answer.Body)
	return err
}
