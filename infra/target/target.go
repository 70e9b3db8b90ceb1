// Package target says what a place to deploy to must be able to do. Each
// target lives in a package of its own below this one, with the same files
// (identity, secrets, network, service), and only there may its SDK be
// imported.
package target

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
)

// Target is a place to deploy to.
type Target interface {
	// Name is the value of the stack setting `target`.
	Name() string
	// Astra is where the stack's data is: the given account, or a database
	// that the target brings along.
	Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error)
	// Image is the immutable reference of what is to run: built, or as given.
	Image(ctx *pulumi.Context, given string) (pulumi.StringOutput, error)
	// RolloutSeconds is how long instances of an old revision may go on beside
	// the new one, until Deploy is done.
	RolloutSeconds() int
	// Times are the seconds that decide whether requests are lost when an
	// instance goes.
	Times() Times
	// Protected tells that the stack is not to be deleted by mistake: the target
	// protects what is never replaced and what the rest rests on, and nothing
	// that rotates by replacement.
	Protected() bool
	// Deploy runs the app and returns where it answers.
	Deploy(ctx *pulumi.Context, a app.App, image pulumi.StringOutput) (*Running, error)
}

// Running is a deployed app.
type Running struct {
	// URL answers to the outside, without a slash at the end.
	URL pulumi.StringOutput
	// Unproved is where the new revision alone answers while URL is still served
	// by the one before. The zero value means that there is no such place.
	Unproved pulumi.StringOutput
	// Switch, if not nil, registers what gives URL to the new revision, after
	// the proof, and returns URL as it is once that is done.
	Switch func(proof pulumi.Resource) (pulumi.StringOutput, error)
	// Revision is what must answer there.
	Revision pulumi.StringOutput
	// Evidence changes when the deployment does: secret versions, instances.
	Evidence pulumi.StringArray
	// Pins change when old instances need something that new ones do not, and
	// which goes once they have ended.
	Pins pulumi.StringArray
	// Elsewhere is what to do when another revision answers at URL although this
	// one was deployed and proved; "" if nothing particular.
	Elsewhere string
	// DNSRecords are those that people must make for URL, nil if there are none.
	DNSRecords pulumi.StringArrayInput
	// LogFile is where a failed start explains itself, if that is a file.
	LogFile pulumi.StringInput
	// Service is the resource that serves; the gate waits for it.
	Service pulumi.Resource
}

// Known lists the targets of the design, in the order of the docs; only those
// with a main package below stacks/ are built.
func Known() []string { return []string{"local", "cloudrun", "ecs", "kubernetes"} }

// Check refuses a name that is no target.
func Check(name string) error {
	if slices.Contains(Known(), name) {
		return nil
	}
	return fmt.Errorf("%q is no target; choose one of %s", name, strings.Join(Known(), ", "))
}
