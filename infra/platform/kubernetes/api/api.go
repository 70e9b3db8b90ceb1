// Package api calls the API server of a kubeconfig for what Pulumi's provider has
// no resource for: what runs, which revisions a Deployment can return to, and
// which objects there are that no state knows. Nothing of Pulumi may enter.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// callLimit bounds one call of the cluster's API.
const callLimit = 30 * time.Second

// Cluster is an API server.
type Cluster struct {
	client *http.Client
	base   string
}

// Connect uses a kubeconfig, which is a path, its text, or "" for the usual
// places, and a context of it, "" for the current one.
func Connect(kubeconfig, contextName string) (*Cluster, error) {
	config, err := configOf(kubeconfig, contextName)
	if err != nil {
		return nil, fmt.Errorf("read the kubeconfig: %w", err)
	}
	config.Timeout = callLimit
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("connect to the cluster: %w", err)
	}
	return &Cluster{client, strings.TrimSuffix(base.String(), "/")}, nil
}

func configOf(kubeconfig, contextName string) (*rest.Config, error) {
	rules, overrides := clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{CurrentContext: contextName}
	if strings.Contains(kubeconfig, "\n") || strings.HasPrefix(kubeconfig, "{") {
		config, err := clientcmd.Load([]byte(kubeconfig))
		if err != nil {
			return nil, err
		}
		return clientcmd.NewDefaultClientConfig(*config, overrides).ClientConfig()
	}
	if kubeconfig != "" {
		rules.ExplicitPath = kubeconfig
	}
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides).ClientConfig()
}

// ErrNotFound is an object that does not exist.
var ErrNotFound = errors.New("not found")

// Open sends a GET and returns the body of its answer.
func (c *Cluster) Open(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	return c.call(ctx, http.MethodGet, path, query, nil, nil)
}

// call returns the body of an answer.
func (c *Cluster) call(
	ctx context.Context, method, path string, query url.Values, header http.Header, body []byte,
) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	maps.Copy(request.Header, header)
	response, err := c.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the cluster: %w", err)
	}
	if response.StatusCode == http.StatusOK {
		return response.Body, nil
	}
	defer func() { _ = response.Body.Close() }()
	var status metav1.Status
	_ = json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&status)
	if response.StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("%s: %w", path, ErrNotFound)
	}
	return nil, fmt.Errorf("the cluster answers %s to %s: %s", response.Status, path, status.Message)
}

// Read decodes the answer to a GET.
func (c *Cluster) Read(ctx context.Context, path string, query url.Values, into any) error {
	body, err := c.Open(ctx, path, query)
	if err != nil {
		return err
	}
	return decode(body, path, into)
}

func decode(body io.ReadCloser, path string, into any) error {
	defer func() { _ = body.Close() }()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("read what the cluster answers to %s: %w", path, err)
	}
	return nil
}

// onlyMetadata asks for objects without what is in them, such as a Secret's values.
const onlyMetadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

// Metadata lists what objects are, without what is in them.
func (c *Cluster) Metadata(ctx context.Context, path string, query url.Values) ([]metav1.PartialObjectMetadata, error) {
	body, err := c.call(ctx, http.MethodGet, path, query, http.Header{"Accept": {onlyMetadata}}, nil)
	if err != nil {
		return nil, err
	}
	var list metav1.PartialObjectMetadataList
	err = decode(body, path, &list)
	return list.Items, err
}

// Delete deletes the object with this id of the cluster's own, and no other one
// that has its name now. ErrNotFound if there is none.
func (c *Cluster) Delete(ctx context.Context, path, uid string) error {
	only, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": map[string]any{"uid": uid},
	})
	if err != nil {
		return fmt.Errorf("encode the deletion of %s: %w", path, err)
	}
	body, err := c.call(ctx, http.MethodDelete, path, nil, http.Header{"Content-Type": {"application/json"}}, only)
	if err != nil {
		return err
	}
	return body.Close()
}
