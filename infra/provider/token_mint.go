package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/killrvideo/killrvideo-go/astra/devops"
)

// mintOnce mints a token with one role. If nobody knows whether it was minted,
// because the answer was lost, it revokes what may have been: a token that
// nobody holds is one that nobody would ever revoke.
func mintOnce(ctx context.Context, control *devops.Client, organization, roleID string) (*devops.Token, error) {
	before, err := control.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	minted, err := control.CreateToken(ctx, organization, roleID)
	var answered *devops.Error
	if err == nil || errors.As(err, &answered) {
		return minted, err
	}
	if sweepErr := sweep(context.WithoutCancel(ctx), control, before, roleID); sweepErr != nil {
		return nil, fmt.Errorf("%w (and it may have been minted nevertheless: %w)", err, sweepErr)
	}
	return nil, err
}

// sweep revokes the tokens with exactly this role that were not there before.
// The role is this stack's alone, and a stack has one deployment at a time.
func sweep(ctx context.Context, control *devops.Client, before []devops.Token, roleID string) error {
	after, err := control.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, token := range after {
		known := slices.ContainsFunc(before, func(t devops.Token) bool { return t.ClientID == token.ClientID })
		if known || !slices.Equal(token.Roles, []string{roleID}) {
			continue
		}
		if err := control.DeleteToken(ctx, token.ClientID); err != nil {
			return err
		}
	}
	return nil
}
