package killrvideo

// Published reports whether the video is public: it is neither PENDING nor ERROR.
func (s Summary) Published() bool { return s.Status != StatusPending && s.Status != StatusError }

// Viewer reads the account of the caller, nil for an anonymous one. Operations call it
// only if the answer depends on it, so that public reads need no authentication.
type Viewer func() (*User, error)

// Anonymous is a viewer without an account.
func Anonymous() (*User, error) { return nil, nil }

// SignedIn is a viewer who has been authenticated.
func SignedIn(user User) Viewer { return func() (*User, error) { return &user, nil } }

// visibleTo fails with ENOTFOUND unless the video is visible to the viewer: a published
// one to everyone, an unpublished one to its uploader and moderators, a deleted one to
// moderators.
func (v Video) visibleTo(viewer Viewer) error {
	if !v.Deleted() && v.Published() {
		return nil
	}
	user, err := viewer()
	switch {
	case err != nil:
		return err
	case user != nil && (user.Can(RoleModerator) || user.ID == v.UserID && !v.Deleted()):
		return nil
	}
	return errNoVideo
}

var errUnpublished = Errorf(ECONFLICT, "The video is not published yet")

// usableBy fails unless the user is allowed to view, rate and comment on the video: a
// deleted one is not found, by moderators either, and an unpublished one cannot have
// views, ratings and comments, since they would be public.
func (v Video) usableBy(user Viewer) error {
	if v.Deleted() {
		return errNoVideo
	}
	if err := v.visibleTo(user); err != nil {
		return err
	}
	if !v.Published() {
		return errUnpublished
	}
	return nil
}
