package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// videos is one row a video.
func videos() Table {
	return Table{
		Name: Videos,
		Definition: table.Definition{
			Columns: append(table.Columns{
				column("language", table.Text()),
				column("location", table.Text()),
				column("location_type", table.Int()),
				column("youtube_id", table.Text()),
				column("content_features", vectorized()),
				column("content_features_model", table.Text()),
				column("views", table.BigInt()),
				column("rating_count", table.BigInt()),
				column("rating_total", table.BigInt()),
				column("updated_at", table.Timestamp()),
				column("deleted_at", table.Timestamp()),
			}, summary()...),
			PrimaryKey: key("videoid"),
		},
		Indexes: []Index{
			{"videos_content_features_idx", Vector, table.IndexDefinition{
				Column: "content_features", Options: map[string]any{"metric": "cosine"},
			}},
		},
	}
}

// vectorized is a column of vectors, or of texts that Astra makes vectors of,
// with the model that it offers without a key.
func vectorized() table.Column {
	c := table.Vector(VectorDimension)
	c.Service = &table.Service{Provider: "nvidia", ModelName: "NV-Embed-QA"}
	return c
}

// latestVideos holds a copy of what lists show of each video, newest first, a
// partition a month (YYYY-MM, UTC), so that none grows without bound.
func latestVideos() Table {
	return Table{Name: LatestVideos, Definition: table.Definition{
		Columns:    append(table.Columns{column("month", table.Text())}, summary()...),
		PrimaryKey: key("month", table.Desc("added_date"), table.Asc("videoid")),
	}}
}

// videosByUser holds the same copy, a partition an uploader.
func videosByUser() Table {
	return Table{Name: VideosByUser, Definition: table.Definition{
		Columns:    summary(),
		PrimaryKey: key("userid", table.Desc("added_date"), table.Asc("videoid")),
	}}
}

// videosByTag holds the same copy, a partition a tag.
func videosByTag() Table {
	return Table{Name: VideosByTag, Definition: table.Definition{
		Columns:    append(table.Columns{column("tag", table.Text())}, summary()...),
		PrimaryKey: key("tag", table.Desc("added_date"), table.Asc("videoid")),
	}}
}

// summary are the columns that lists show.
func summary() table.Columns {
	return table.Columns{
		column("videoid", table.UUID()),
		column("userid", table.UUID()),
		column("added_date", table.Timestamp()),
		column("name", table.Text()),
		column("description", table.Text()),
		column("tags", table.Set(table.Text())),
		column("preview_image_location", table.Text()),
		column("content_rating", table.Text()),
		column("category", table.Text()),
		column("status", table.Text()),
	}
}
