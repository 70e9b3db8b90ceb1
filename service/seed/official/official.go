// Package official reads the CSV files of KillrVideo's official data set from
// a folder, and gives them in the shape of the made-up data of package seed. It
// may know the domain, but not how anything is stored. The files themselves
// are not in this repository.
package official

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/seed"
)

// The files that are read. What the official tables keep besides, their
// copies, vectors and counts, this service makes itself.
const (
	usersFile       = "users.csv"
	credentialsFile = "user_credentials.csv"
	videosFile      = "videos.csv"
	cleanedFile     = "videos_cleaned.csv" // taken where videosFile is missing
	commentsFile    = "comments.csv"
	ratingsFile     = "video_ratings_by_user.csv"
	playbackFile    = "video_playback_stats.csv"
	totalsFile      = "video_ratings.csv" // not needed; holds the ratings to their totals
)

// Data is what a folder holds: people in the order of users.csv, videos with
// all that people did with them in the order of videos.csv.
type Data struct {
	people []killrvideo.User
	locked map[uuid.UUID]bool
	clips  []seed.Clip
	notes  []string
}

// Size is how many there are of each.
func (d *Data) Size() seed.Size {
	return seed.Size{Name: "official", Users: len(d.people), Videos: len(d.clips)}
}

// Person is the account with number i.
func (d *Data) Person(i int) killrvideo.User { return d.people[i] }

// Locked reports whether account i may not log in.
func (d *Data) Locked(i int) bool { return d.locked[d.people[i].ID] }

// Clip is the video with number i.
func (d *Data) Clip(i int) seed.Clip { return d.clips[i] }

// Notes say what was left out, what does not agree and what the files have
// not, a line each.
func (d *Data) Notes() []string { return d.notes }

// Known are accounts to log in with: one that submitted videos, one that did
// not.
func (d *Data) Known() []string {
	var emails []string
	for _, creator := range []bool{true, false} {
		for i, user := range d.people {
			if user.Active() == nil && !d.Locked(i) && user.Can(killrvideo.RoleCreator) == creator {
				emails = append(emails, user.Email)
				break
			}
		}
	}
	return emails
}

// Read reads a folder. A file or column that is missing, and a value that
// cannot be read, are errors with file, line and fix. A row with a
// reference to a user or video that is in no file is left out and counted in Notes.
func Read(dir string) (*Data, error) {
	videos, err := find(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", dir, err)
	}
	r := &reader{folder: os.DirFS(dir), videosFile: videos, data: &Data{locked: map[uuid.UUID]bool{}},
		users: map[uuid.UUID]int{}, clips: map[uuid.UUID]int{}, left: map[string]*leftOut{}}
	for _, read := range []func() error{r.readUsers, r.readCredentials, r.readVideos, r.readPlayback, r.readRatings, r.readComments,
		r.checkTotals} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("folder %s: %w", dir, err)
		}
	}
	r.report()
	return r.data, nil
}

// find names the file of videos, or all files that are missing.
func find(folder fs.FS) (videos string, err error) {
	if _, err := fs.Stat(folder, "."); err != nil {
		return "", fmt.Errorf("it cannot be read; name the folder that has KillrVideo's CSV files: %w", err)
	}
	videos = videosFile
	if !exists(folder, videosFile) && exists(folder, cleanedFile) {
		videos = cleanedFile
	}
	var missing []string
	for _, name := range []string{usersFile, credentialsFile, videos, commentsFile, ratingsFile, playbackFile} {
		if !exists(folder, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return "", fmt.Errorf("it lacks %s; copy all CSV files of KillrVideo's data set into it", strings.Join(missing, ", "))
	}
	return videos, nil
}

func exists(folder fs.FS, name string) bool {
	_, err := fs.Stat(folder, name)
	return !errors.Is(err, fs.ErrNotExist)
}

// reader is a folder on its way into Data. Users and clips are the places of
// those that are there.
type reader struct {
	folder     fs.FS
	videosFile string
	data       *Data
	users      map[uuid.UUID]int
	clips      map[uuid.UUID]int
	left       map[string]*leftOut
	order      []string
}

// leftOut are rows that are left out for one reason.
type leftOut struct {
	rows  int
	first string
}

// leave counts a row that is left out; reason is what its rows are, as in
// "comments by users who are not in users.csv".
func (r *reader) leave(at row, reason string) {
	if r.left[reason] == nil {
		r.left[reason] = &leftOut{first: at.place()}
		r.order = append(r.order, reason)
	}
	r.left[reason].rows++
}

func (r *reader) report() {
	for _, reason := range r.order {
		l := r.left[reason]
		r.data.notes = append(r.data.notes, fmt.Sprintf("left out: %d %s, the first in %s", l.rows, reason, l.first))
	}
	r.data.notes = append(r.data.notes, noModerator)
}

const noModerator = "no account of these files is a moderator; name one in the stack's setting moderatorEmails and register it to have one"
