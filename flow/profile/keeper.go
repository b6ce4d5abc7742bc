package profile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// Keeper keeps the refresh token of a profile in the keyring, so that a later run can begin with it. A kept token belongs to
// a client at an issuer: if the profile names another one, it is not found, and so never sent elsewhere.
type Keeper struct {
	Vault Vault
	Name  string // of the profile
	// Keep says that the person asked for it. If not, only a token that is kept already is followed: it is replaced when
	// it is rotated, and removed when it is refused.
	Keep bool

	user  string
	kept  string // what the keyring has of this session
	begun bool   // the token that the session was resumed with was looked for
}

// NewKeeper returns the keeper of a profile's token for the client and the issuer in set.
func NewKeeper(v Vault, name string, set trace.Settings, keep bool) *Keeper {
	place := set.Issuer
	if set.Endpoints.Token != "" {
		place = set.Endpoints.Token // it is where the token is sent, whatever the issuer is called
	}
	return &Keeper{Vault: v, Name: name, Keep: keep,
		user: strings.ToLower(name) + " refresh_token of " + set.ClientID + " at " + place}
}

// Load fetches the token that was kept. The error is ErrNoSecret if there is none.
func (k *Keeper) Load(ctx context.Context) (trace.Secret, error) {
	secret, err := k.Vault.get(ctx, k.user)
	if errors.Is(err, ErrNoSecret) {
		return secret, fmt.Errorf("%w: no refresh token is kept for profile %s; --keep-refresh-token, or keep_refresh_token = true in the profile, keeps one", ErrNoSecret, k.Name)
	}
	return secret, err
}

// Forget removes the token that was kept, if there is one.
func (k *Keeper) Forget(ctx context.Context) error {
	k.kept = ""
	return k.Vault.remove(ctx, k.user)
}

// Update brings the keyring up to date with a session, and says what it did, or "". Where nothing changed, the keyring is not
// asked.
func (k *Keeper) Update(ctx context.Context, s *flow.Session) (said string, err error) {
	var newest, why string
	s.Read(func(st *story.Story) { // the keyring may block: not while the story is held
		if t := st.Newest(story.RefreshToken); t != nil {
			newest, why = t.Value.Reveal(), t.DeadWhy
			if first := st.Tokens()[0]; !k.begun && first.Call.Class == story.HandedIn {
				k.kept = first.Value.Reveal()
			}
			k.begun = true
		}
	})
	switch {
	case newest == "":
		return "", nil
	case why != "":
		return k.dead(ctx, newest, why)
	case newest == k.kept, k.kept == "" && !k.Keep:
		return "", nil
	}
	rotated := k.kept != ""
	k.kept = newest // one attempt for a token: it is not asked again with every event
	if err := k.Vault.set(ctx, k.user, trace.NewSecret(newest)); err != nil {
		return "", fmt.Errorf("the refresh token could not be kept: %w", err)
	}
	if rotated {
		return "the tenant rotated the refresh token: the new one is kept in its place", nil
	}
	return "the refresh token is kept in the keyring: authscope run --profile " + k.Name + " --resume", nil
}

// dead removes a token that the tenant does not take any more, unless another program has replaced it by now.
func (k *Keeper) dead(ctx context.Context, token, why string) (said string, err error) {
	if k.kept != token {
		return "", nil
	}
	k.kept = ""
	now, err := k.Vault.get(ctx, k.user)
	switch {
	case errors.Is(err, ErrNoSecret):
		return "", nil
	case err == nil && now.Reveal() != token:
		return "the refresh token is dead (" + why + "), and another run has kept a newer one: try again", nil
	case err == nil:
		err = k.Forget(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("the kept refresh token is dead (%s) and could not be removed: %w", why, err)
	}
	return "the kept refresh token was removed: " + why, nil
}

// Follow keeps the keyring up to date with a session while it goes on. What it returns ends that, after the last word.
func (k *Keeper) Follow(ctx context.Context, s *flow.Session, say func(string)) (end func()) {
	ctx, stop := context.WithCancel(ctx)
	last := context.WithoutCancel(ctx)
	done := make(chan struct{})
	update := func(ctx context.Context) {
		switch said, err := k.Update(ctx, s); {
		case err != nil && ctx.Err() == nil:
			say(err.Error())
		case said != "":
			say(said)
		}
	}
	go func() {
		defer close(done)
		for n := 0; s.Log.Wait(ctx, n) == nil; {
			n = len(s.Log.Since(0))
			update(last) // what has begun is finished: half of it would lose the token
		}
	}()
	return func() {
		stop()
		<-done
		update(last)
	}
}
