package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// videos has a row for each video.
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
				Column: "content_features", Options: &table.IndexDefinitionOptions{Metric: "cosine"},
			}},
		},
	}
}

// vectorized is a column of vectors, or of texts that Astra embeds by the model that
// it offers without a key.
func vectorized() table.Column {
	c := table.Vector(VectorDimension)
	c.Service = &table.VectorService{Provider: "nvidia", ModelName: "NV-Embed-QA"}
	return c
}

// latestVideos has a copy of the listed columns of each video, newest first, in a
// partition for each month (YYYY-MM, UTC), so that partitions stay bounded.
func latestVideos() Table {
	return Table{Name: LatestVideos, Definition: table.Definition{
		Columns:    append(table.Columns{column("month", table.Text())}, summary()...),
		PrimaryKey: key("month", desc("added_date"), asc("videoid")),
	}}
}

// videosByUser has the same copy, in a partition for each uploader.
func videosByUser() Table {
	return Table{Name: VideosByUser, Definition: table.Definition{
		Columns:    summary(),
		PrimaryKey: key("userid", desc("added_date"), asc("videoid")),
	}}
}

// videosByTag has the same copy, in a partition for each tag.
func videosByTag() Table {
	return Table{Name: VideosByTag, Definition: table.Definition{
		Columns:    append(table.Columns{column("tag", table.Text())}, summary()...),
		PrimaryKey: key("tag", desc("added_date"), asc("videoid")),
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
