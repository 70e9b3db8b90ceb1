package killrvideo

// Published reports whether anyone may see the video: its title is known, and
// the host has not said that there is no such video.
func (s Summary) Published() bool { return s.Status != StatusPending && s.Status != StatusError }

// Viewer finds out who wants to see a video; nil is an anonymous caller. It is
// asked only when the answer matters, so that public reads cost no
// authentication.
type Viewer func() (*User, error)

// SignedIn is a viewer who has been authenticated.
func SignedIn(user User) Viewer { return func() (*User, error) { return &user, nil } }

// visibleTo fails with ENOTFOUND unless the viewer may see the video: anyone a
// published one, its uploader and moderators an unpublished one, moderators a
// deleted one.
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

// usableBy fails unless the user may view, rate or comment on the video: a
// deleted one is not found even by a moderator, and an unpublished one takes
// none of these, since they would be public.
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
