package seed

import "github.com/killrvideo/killrvideo-go/service/killrvideo"

// published are videos on YouTube, with their titles there. Each is among the
// newest ones of a set under its own title, in this order, and plays for the
// made-up ones too.
var published = []struct {
	id, title, description string
	tags                   []string
}{
	{"WFycRMLvMKc", "Intro to NoSQL with Apache Cassandra", "What a wide-column database is, and the first tables in it.",
		list("cassandra | nosql | databases | tutorial")},
	{"aqz-KE-bpKQ", "Big Buck Bunny", "A large rabbit has had enough. An open movie of the Blender Foundation.",
		list("animation | blender | open movie | short film")},
	{"FpWQ3qs33QE", "Vector Search: Under the Hood", "How a database finds the nearest vectors among millions.",
		list("vector search | databases | embeddings | cassandra")},
	{"oV9rvDllKEg", "Concurrency Is Not Parallelism", "Rob Pike on the difference, with gophers who burn manuals.",
		list("golang | concurrency | talk | programming")},
	{"RIq7MFeK8YE", "Build a Full-Stack Application with Cassandra and React", "From an empty table to a page that shows it.",
		list("cassandra | react | tutorial | web")},
	{"eRsGyueVLvQ", "Sintel", "A young woman searches for her dragon. An open movie of the Blender Foundation.",
		list("animation | blender | open movie | fantasy")},
	{"9nNgeOf5KJk", "GenAI 101: Getting Started with a Vector Database", "The first collection with vectors, and a question to it.",
		list("vector search | ai | databases | tutorial")},
	{"PAAkCSZUG1c", "Go Proverbs", "Rob Pike on clear being better than clever, and other proverbs.",
		list("golang | talk | programming | proverbs")},
	{"3bjb2NSN670", "Building a Superior Movie Search Experience with Vector Search", "Finding a film by what it is about.",
		list("vector search | movies | ai | databases")},
	{"R6MlUcmOul8", "Tears of Steel", "Robots in Amsterdam. An open movie of the Blender Foundation.",
		list("animation | blender | open movie | science fiction")},
	{"MX0ewD3o5wk", "Cassandra Forward: ACID Transactions on Cassandra", "What general transactions change, and what they cost.",
		list("cassandra | transactions | databases | talk")},
	{"f6kdp27TYZs", "Go Concurrency Patterns", "Generators, fan-in and time-outs, by Rob Pike at Google I/O 2012.",
		list("golang | concurrency | talk | programming")},
	{"f8v6k1o9owk", "Cassandra Forward: Real-Time Data Pipelines with Flink and Cassandra", "How Netflix moves events into tables.",
		list("cassandra | streaming | data pipelines | talk")},
	{"zCQFqhQSo7Y", "Realtime Java and AI: JVector and Cassandra", "The library that does the vector search of Cassandra.",
		list("java | vector search | cassandra | ai")},
	{"ENvr1ssphlg", "Get Started on Python and NoSQL with Apache Cassandra", "A driver, a table and the first query in Python.",
		list("python | cassandra | nosql | tutorial")},
	{"EEICUyF_nVs", "Build Spring Applications with Spring Data and NoSQL", "Repositories without a relational database.",
		list("java | spring | nosql | tutorial")},
	{"p2lho6Duq1g", "How to Build a Multimodal Music Search App with AI", "Searching songs by text, picture and sound.",
		list("music | vector search | ai | tutorial")},
	{"6AT8lG8SOpE", "GenAI 101: What Is RAG?", "Why a model should read before it answers.",
		list("ai | rag | tutorial | databases")},
	{"nAlIfwA7I4w", "Running Enterprise Cassandra on Amazon EKS", "A cluster of databases on a cluster of machines.",
		list("cassandra | kubernetes | aws | operations")},
	{"k-9oFVNKoQc", "Vector Search for Cassandra Operators", "What an index of vectors asks of those who run it.",
		list("cassandra | vector search | operations | databases")},
	{"Ba2WO0wZJrM", "Unlocking the Power of Apache Cassandra 5.0", "Storage-attached indexes, vectors and a look at 5.1.",
		list("cassandra | databases | indexes | talk")},
	{"TEBlmSlGT7Q", "Optimizing Trucking Routes with Vector Search and Apache Cassandra", "Similar routes, found by their vectors.",
		list("vector search | cassandra | logistics | ai")},
	{"jYhI38MaJgc", "How to Query Your Data with CQL", "SELECT, WHERE and why the partition key comes first.",
		list("cassandra | cql | tutorial | databases")},
	{"XSEl6deX2lU", "Vector Search on Astra DB", "From text to vector to the nearest rows.",
		list("vector search | astra | databases | ai")},
}

// trending is how many of them have views today like no other.
const trending = 6

// publish makes the newest videos be those of YouTube.
func (s *Set) publish(i int, video *killrvideo.Video) (hits float64) {
	newest := s.size.Videos - 1 - i
	if newest >= len(published) {
		return 0
	}
	clip := published[newest]
	video.YouTubeID, video.Title, video.Description = clip.id, clip.title, clip.description
	video.Tags, video.Category = killrvideo.NormalizeTags(clip.tags), "Education"
	if newest < trending {
		return float64(1000 * (trending - newest))
	}
	return 0
}
