package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// healthcheckTimeout is below what container runtimes allow a health check.
const healthcheckTimeout = 2 * time.Second

// healthcheck asks the service on this machine how it is, for images that have
// no shell to ask with.
func healthcheck(ctx context.Context, port int) error {
	ctx, cancel := context.WithTimeout(ctx, healthcheckTimeout)
	defer cancel()
	url := fmt.Sprintf("http://127.0.0.1:%d/health", port)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	// No proxy: the question is for this machine.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the service does not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: it answered %s", url, response.Status)
	}
	return nil
}
