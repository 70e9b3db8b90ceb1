// Package youtube reads the many forms of a YouTube address and asks YouTube
// about a video. It stores nothing and retries nothing: who asks again, and
// when, is decided by who needs the answer.
package youtube

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// Where YouTube answers.
const (
	DefaultOEmbedURL  = "https://www.youtube.com/oembed"
	DefaultDataAPIURL = "https://www.googleapis.com/youtube/v3"
	DefaultTimeout    = 3 * time.Second
)

// Config says how to reach YouTube. Every field has a default.
type Config struct {
	// APIKey selects the Data API v3, which knows description and tags;
	// without it oEmbed is asked, which knows the title.
	APIKey     string
	OEmbedURL  string
	DataAPIURL string
	// Timeout is for a whole question, 3 s by default.
	Timeout time.Duration
	// Rest is how long not to ask again once YouTube could not be reached,
	// 20 s by default, so that only one submission waits for the Timeout.
	Rest time.Duration
	HTTP *http.Client
	Now  func() time.Time
	// Observe, if set, hears how long each question took: method is v3_api
	// or oembed.
	Observe func(method string, took time.Duration, err error)
}

func (c Config) withDefaults() Config {
	c.OEmbedURL = strings.TrimRight(or(c.OEmbedURL, DefaultOEmbedURL), "/")
	c.DataAPIURL = strings.TrimRight(or(c.DataAPIURL, DefaultDataAPIURL), "/")
	c.Timeout = or(c.Timeout, DefaultTimeout)
	c.Rest = or(c.Rest, 20*time.Second)
	c.HTTP = or(c.HTTP, http.DefaultClient)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observe == nil {
		c.Observe = func(string, time.Duration, error) {}
	}
	return c
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// Client implements killrvideo.Host and killrvideo.MetadataSource.
type Client struct {
	config Config
	pause  pause
}

var (
	_ killrvideo.Host           = (*Client)(nil)
	_ killrvideo.MetadataSource = (*Client)(nil)
)

// NewClient makes a Client.
func NewClient(config Config) *Client { return &Client{config: config.withDefaults()} }

// pause remembers until when not to ask. The zero value is not pausing.
type pause struct {
	mu    sync.Mutex
	until time.Time
}

func (p *pause) on(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.until)
}

func (p *pause) start(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = until
}
