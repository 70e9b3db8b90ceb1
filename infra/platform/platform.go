// Package platform holds what the components of all platforms share: the
// deployment that a gate proves, and the names of what they make. Each platform
// has a package of its own below this one, and only there may its SDK be
// imported. A program that deploys to one platform calls its NewService; a
// program whose settings choose the platform can use the interface Platform.
package platform

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/killrvideo/killrvideo-go/infra/app"
	"github.com/killrvideo/killrvideo-go/infra/credentials"
)

type (
	// Problem is one thing that is wrong with settings.
	Problem = app.Problem
	// Problems are all of them at once.
	Problems = app.Problems
)

// Platform is where a program deploys to, for programs whose settings choose it.
type Platform interface {
	// Name is local, cloudrun, ecs or kubernetes.
	Name() string
	// Astra is where the data is: the given account, or a database that the
	// platform brings along.
	Astra(ctx *pulumi.Context, account credentials.Account) (*credentials.Astra, error)
	// RolloutSeconds is how long instances of an old revision may go on beside
	// the new one, until Deploy is done.
	RolloutSeconds() int
	// Times decide whether requests are lost when an instance ends.
	Times() app.Times
	// Protected tells that the stack must not be deleted by mistake: what is
	// never replaced and what the rest depends on is protected, and nothing that
	// rotates by replacement.
	Protected() bool
	// Deploy registers the platform's component, and so builds the image if none
	// is given.
	Deploy(ctx *pulumi.Context, a app.App, opts ...pulumi.ResourceOption) (*Deployment, error)
}

// Intermittent is a platform that may give instances no processor time between
// requests, or run none: background work has to be requested, by a Schedule.
type Intermittent interface{ Intermittent() bool }

// Deployment is a deployed service, before it is proved.
type Deployment struct {
	// URL answers to the outside, without a slash at its end.
	URL pulumi.StringOutput
	// CandidateURL is where the new revision alone answers while URL is still
	// served by the one before. Without Promote it is not set.
	CandidateURL pulumi.StringOutput
	// Promote, if not nil, registers what gives URL to the new revision, after
	// the proof, and returns URL as it is once that is done. Key is the fingerprint
	// of the signing key that the revision has, nil if it is not known.
	Promote func(proof pulumi.Resource, key pulumi.StringInput) (pulumi.StringOutput, error)
	// Return makes the platform run a revision again that it ran before, waits until
	// it does, and tells whether another one ran. With it the gate returns to the
	// revision of the last proof after one that failed. It is nil where a revision
	// serves only after its proof, and where the platform cannot be asked.
	Return func(ctx context.Context, revision string) (changed bool, err error)
	// Settled waits until the platform will not go back by itself any more; its error
	// is Unsettled if it went back or still may. It is nil where nothing of the kind
	// happens.
	Settled func(ctx context.Context) error
	// Image is the reference by digest of what runs.
	Image pulumi.StringOutput
	// Revision must answer there, as Proof says.
	Revision pulumi.StringOutput
	Proof    app.Proof
	// Triggers change when the deployment does: secret versions, instances. One
	// of them fails if the platform runs something else than it was told.
	Triggers pulumi.StringArray
	// DrainTriggers change when old instances need something that new ones do
	// not, and which goes once they have ended; DrainSeconds is how long they
	// may take for it.
	DrainTriggers pulumi.StringArray
	DrainSeconds  int
	// TrafficFix is what to do when another revision answers at URL although
	// this one was deployed and proved; "" if nothing particular.
	TrafficFix string
	// EgressAddresses are the fixed ones that the service calls from, nil if they
	// are not fixed.
	EgressAddresses pulumi.StringArray
	// DNSRecords are those that people must make for URL, nil if there are none.
	DNSRecords pulumi.StringArrayInput
	// WebURL is where a web front end is served beside the service, nil if there
	// is none.
	WebURL pulumi.StringInput
	// LogFile is where a failed start explains itself, if that is a file.
	LogFile pulumi.StringInput
	// Ready is the resource that the gate waits for.
	Ready pulumi.Resource
}

// Unsettled is a deployment from which the platform went back, or still may; the text
// says so, and why.
type Unsettled string

func (u Unsettled) Error() string { return string(u) }

// DigestServes is a trigger for proofs by the status alone: it fails unless the
// platform's API says that the image which serves is the one that was deployed.
// It is nil where the answer itself holds the revision.
func DigestServes(proof app.Proof, deployed pulumi.StringInput, serving pulumi.StringPtrInput) pulumi.StringArray {
	if proof.JSONField != "" || proof.Header != "" {
		return nil
	}
	return pulumi.StringArray{pulumi.All(deployed, serving).ApplyT(func(values []any) (string, error) {
		want, _ := values[0].(string)
		serves := "none"
		if got, _ := values[1].(*string); got != nil {
			serves = *got
		}
		if serves != want {
			return "", fmt.Errorf("the image %s was deployed, and the platform says that %s serves", want, serves)
		}
		return want, nil
	}).(pulumi.StringOutput)}
}
