package enginetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/killrvideo/killrvideo-go/infra/provider/sleep"
	"github.com/killrvideo/killrvideo-go/stacks/enginetest/standin"
)

// replicas are the instances of a fleet.
const replicas = 2

// Times of an instance that is replaced, shorter than a cluster's: until the
// balancer knows that it goes, and until it is asked to stop.
const (
	unrouted = 200 * time.Millisecond
	preStop  = 800 * time.Millisecond
)

// fleet runs what a stand-in for a cluster is told to deploy: processes of the
// real service behind a balancer. It sees the secrets' values, which the stand-in
// does not.
type fleet struct {
	t        *testing.T
	program  string
	balancer *balancer

	mu        sync.Mutex
	variables map[string][]string // by the name of the object that holds them
	running   []*instance
	retiring  sync.WaitGroup
}

// instance is a process of the service.
type instance struct {
	*exec.Cmd
	url string
	log string
}

func newFleet(t *testing.T, root string) *fleet {
	t.Helper()
	program := Program(t, root, "killrvideo-fleet", "service", ".", "-tags=nomsgpack")
	f := &fleet{t: t, program: program, variables: map[string][]string{}, balancer: newBalancer(t)}
	t.Cleanup(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, one := range f.running {
			_ = one.Process.Kill()
			_ = one.Wait()
		}
		f.retiring.Wait()
	})
	return f
}

// wrap follows what the engine tells the stand-in.
func (f *fleet) wrap(built p.Provider) p.Provider {
	create, update := built.Create, built.Update
	built.Create = func(ctx context.Context, r p.CreateRequest) (p.CreateResponse, error) {
		answer, err := create(ctx, r)
		if err == nil && !r.DryRun {
			err = f.follow(string(r.Urn.Type()), r.Properties)
		}
		return answer, err
	}
	built.Update = func(ctx context.Context, r p.UpdateRequest) (p.UpdateResponse, error) {
		answer, err := update(ctx, r)
		if err == nil && !r.DryRun {
			err = f.follow(string(r.Urn.Type()), r.Inputs)
		}
		return answer, err
	}
	return built
}

func (f *fleet) follow(kind string, inputs property.Map) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch kind {
	case "kubernetes:core/v1:Secret", "kubernetes:core/v1:ConfigMap":
		var object struct{ Metadata struct{ Name string } }
		if err := standin.Decode(inputs, &object); err != nil {
			return err
		}
		var all []string
		for _, field := range []string{"data", "stringData"} {
			for name, value := range members(inputs.Get(field)) {
				all = append(all, name+"="+value.WithSecret(false).AsString())
			}
		}
		f.variables[object.Metadata.Name] = all
	case "kubernetes:apps/v1:Deployment":
		var deployment deployment
		if err := standin.Decode(inputs, &deployment); err != nil {
			return err
		}
		return f.roll(deployment)
	}
	return nil
}

// deployment is what a fleet reads of one.
type deployment struct {
	Spec struct {
		Template struct {
			Spec struct {
				Containers []struct {
					Env     []struct{ Name, Value string }
					EnvFrom []struct{ ConfigMapRef, SecretRef struct{ Name string } }
				}
			}
		}
	}
}

// members are those of an object, a secret one too.
func members(value property.Value) map[string]property.Value {
	if value = value.WithSecret(false); !value.IsMap() {
		return nil
	}
	return value.AsMap().AsMap()
}

// roll replaces one instance after the other, the new one first.
func (f *fleet) roll(of deployment) error {
	env, container := []string{}, of.Spec.Template.Spec.Containers[0]
	for _, from := range container.EnvFrom {
		env = append(env, f.variables[from.ConfigMapRef.Name+from.SecretRef.Name]...)
	}
	for _, one := range container.Env {
		env = append(env, one.Name+"="+one.Value)
	}
	before := f.running
	f.running = nil
	for i := range replicas {
		started, err := f.start(env)
		if err != nil {
			f.running = append(f.running, before...)
			return err
		}
		f.running = append(f.running, started)
		f.balancer.add(started.url)
		if i < len(before) {
			f.retire(before[i])
		}
	}
	return nil
}

// start waits until the instance says that it can serve.
func (f *fleet) start(env []string) (*instance, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	one := &instance{Cmd: exec.Command(f.program), url: "http://" + address, log: filepath.Join(f.t.TempDir(), "log")}
	one.Env = append(env, "HOST=127.0.0.1", "PORT="+port)
	file, err := os.Create(one.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	one.Stdout, one.Stderr = file, file
	if err := one.Start(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(time.Minute)
	for !answersOK(one.url + servingPath) {
		if time.Now().After(deadline) {
			_ = one.Process.Kill()
			_ = one.Wait()
			return nil, fmt.Errorf("the instance did not get ready:\n%s", one.tail())
		}
		_ = sleep.For(context.Background(), 20*time.Millisecond)
	}
	return one, nil
}

// retire takes an instance from the balancer and stops it, as a cluster does.
func (f *fleet) retire(one *instance) {
	f.retiring.Go(func() {
		_ = sleep.For(context.Background(), unrouted)
		f.balancer.remove(one.url)
		_ = sleep.For(context.Background(), preStop-unrouted)
		if err := one.Process.Signal(syscall.SIGTERM); err != nil {
			f.t.Errorf("stop an instance: %v", err)
		}
		if err := one.Wait(); err != nil {
			f.t.Errorf("an instance that was asked to stop ended with %v:\n%s", err, one.tail())
		}
	})
}

// tail is the end of the log.
func (i *instance) tail() string {
	content, _ := os.ReadFile(i.log)
	lines := strings.Split(string(content), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}
