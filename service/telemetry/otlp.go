package telemetry

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// client sends spans by OTLP, over HTTP or as the one unary call of gRPC that
// this takes. OpenTelemetry's own two clients bring all of gRPC, six megabytes
// of program for one request; tests hold this one to the real server.
type client struct {
	http    *http.Client
	url     string
	headers map[string]string
	grpc    bool
}

var _ otlptrace.Client = (*client)(nil)

// sendTimeout bounds one sending; what fails is dropped, not sent again, so
// that a collector that is down takes no memory.
const sendTimeout = 10 * time.Second

const exportMethod = "opentelemetry.proto.collector.trace.v1.TraceService/Export"

func newClient(c Config) (*client, error) {
	headers, err := parseHeaders(c.Headers)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("parse the URL: %w", err)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute}
	made := &client{headers: headers, grpc: c.Protocol == "grpc", http: &http.Client{Transport: transport, Timeout: sendTimeout}}
	if !made.grpc {
		// The endpoint is a collector's base, as in OpenTelemetry's own variable.
		made.url = base.JoinPath("v1", "traces").String()
		return made, nil
	}
	made.url = base.JoinPath(exportMethod).String()
	transport.Protocols = &http.Protocols{}
	transport.Protocols.SetHTTP2(true)
	transport.Protocols.SetUnencryptedHTTP2(true)
	return made, nil
}

// Start implements otlptrace.Client.
func (c *client) Start(context.Context) error { return nil }

// Stop implements otlptrace.Client.
func (c *client) Stop(context.Context) error {
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces implements otlptrace.Client. TracesData is on the wire what the
// request of the collector's service is.
func (c *client) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	contentType := "application/x-protobuf"
	if c.grpc {
		// A message of gRPC: not compressed, then its length.
		body = append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(body))), body...)
		contentType = "application/grpc"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	for name, value := range c.headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("TE", "trailers")
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("send spans: %w", err)
	}
	defer response.Body.Close()
	return c.accepted(response)
}

func (c *client) accepted(response *http.Response) error {
	// Trailers are there once the body is read.
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)); err != nil {
		return fmt.Errorf("read the collector's answer: %w", err)
	}
	if response.StatusCode/100 != 2 {
		return errors.New("the collector answered " + response.Status)
	}
	status := response.Trailer.Get("Grpc-Status") + response.Header.Get("Grpc-Status")
	if c.grpc && status != "0" {
		return fmt.Errorf("the collector answered with gRPC status %q", status)
	}
	return nil
}
