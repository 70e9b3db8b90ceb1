// Package schema declares the service's tables as data, for programs that prepare a
// keyspace and for the repositories of package store. It creates nothing itself.
//
// Every table can be created through the Data API alone: there are no counter and no
// timeuuid columns, which createTable refuses. Names are those of the official schema
// where a table has the same meaning.
package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// VectorDimension is the length of a video's embedding. The type of a column can
// never change: it is that of NVIDIA's NV-Embed-QA, the model that Astra offers
// without a key. Other embeddings must have the same length.
const VectorDimension = 1024

// Kinds of an index.
const (
	Regular = "regular"
	Vector  = "vector"
)

// Table is one table with its indexes.
type Table struct {
	Name       string           `json:"name"`
	Definition table.Definition `json:"definition"`
	Indexes    []Index          `json:"indexes"`
}

// Index is one index: Kind is Regular or Vector, Definition that of the
// command createIndex or createVectorIndex.
type Index struct {
	Name       string                `json:"name"`
	Kind       string                `json:"kind"`
	Definition table.IndexDefinition `json:"definition"`
}

// Names of the tables.
const (
	Users             = "users"
	UserCredentials   = "user_credentials"
	Videos            = "videos"
	LatestVideos      = "latest_videos"
	VideosByUser      = "videos_by_user"
	VideosByTag       = "videos_by_tag"
	VideoStats        = "video_stats"
	VideoActivity     = "video_activity"
	WatchTime         = "video_watch_time"
	Comments          = "comments"
	UserActivity      = "user_activity"
	ContentModeration = "content_moderation"
	ModerationAudit   = "moderation_audit"
	VideoWords        = "video_words"
	Tags              = "tags"
	PendingWork       = "pending_work"
	UserWords         = "user_words"
)

// Tables lists every table the service uses.
func Tables() []Table {
	return []Table{
		users(), userCredentials(), refreshTokens(), loginAttempts(),
		videos(), latestVideos(), videosByUser(), videosByTag(),
		videoStats(), videoActivity(), watchTime(),
		comments(), userActivity(),
		contentModeration(), moderationAudit(), userWords(),
		videoWords(), tags(), pendingWork(),
	}
}

func column(name string, c table.Column) table.NamedColumn {
	return table.NamedColumn{Name: name, Column: c}
}

func key(partition string, sort ...table.NamedSort) table.PrimaryKey {
	return table.PrimaryKey{PartitionBy: []string{partition}, PartitionSort: sort}
}

func asc(column string) table.NamedSort {
	return table.NamedSort{Name: column, Order: table.SortAscending}
}

func desc(column string) table.NamedSort {
	return table.NamedSort{Name: column, Order: table.SortDescending}
}
