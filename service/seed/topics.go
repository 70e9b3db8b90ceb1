package seed

import "strings"

// topic is what a video is about: its category, the things and deeds that
// titles are made of, sentences of a description, and tags.
type topic struct {
	name, category string
	things, deeds  []string
	sentences      []string
	tags           []string
}

func list(text string) []string {
	parts := strings.Split(text, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// topics are few on purpose: videos on the same one should be found related.
var topics = []topic{
	{"cats", "Pets", list("kitten | old tomcat | shy cat | ginger cat | two siblings | rescue cat"),
		list("naps on | plays with | discovers | is afraid of | steals | guards"),
		list("Cats sleep most of the day and rule the rest. | The kitten came from the shelter last week. | Purring is good for everyone in " +
			"the family."),
		list("cats | pets | animals | funny | kitten")},
	{"bread", "Cooking", list("sourdough loaf | rye bread | flatbread | baguette | cinnamon rolls | pizza dough"),
		list("baking | shaping | proofing | scoring | rescuing | tasting"),
		list("Flour, water, salt and patience are all it takes. | A hot stone gives the crust its colour. | The starter was fed the evening " +
			"before."),
		list("baking | bread | cooking | recipe | kitchen")},
	{"databases", "Technology", list("partition keys | wide rows | vector search | tombstones | compaction | replication"),
		list("understanding | modelling | measuring | explaining | debugging | migrating"),
		list("We begin with the queries and design the tables for them. | One partition answers one question. | Latency at the tail is what " +
			"users feel."),
		list("cassandra | databases | data modeling | nosql | tutorial")},
	{"golang", "Technology", list("goroutines | interfaces | the race detector | table tests | contexts | the profiler"),
		list("learning | using | avoiding | testing | reading about | refactoring with"),
		list("Small interfaces make large programs bearable. | Errors are values, so treat them as such. | The benchmark shows where the " +
			"time goes."),
		list("golang | programming | backend | tutorial | concurrency")},
	{"astronomy", "Science", list("the Moon | Saturn's rings | a comet | the Milky Way | a partial eclipse | Jupiter's moons"),
		list("observing | photographing | drawing | tracking | explaining | waiting for"),
		list("The sky was clear and the telescope had cooled down. | Forty short exposures were stacked into one picture. | Light left this " +
			"galaxy before there were people."),
		list("astronomy | space | science | telescope | night sky")},
	{"guitar", "Music", list("fingerpicking | a blues solo | barre chords | an open tuning | a slow ballad | a twelve bar blues"),
		list("practising | recording | slowing down | arranging | improvising over | teaching"),
		list("Start slowly and let the metronome be your friend. | The recording was made in one take. | New strings sound bright for about " +
			"a week."),
		list("music | guitar | lesson | acoustic | song")},
	{"cycling", "Sports", list("a gravel bike | the mountain pass | winter commuting | a flat tyre | the coast road | a night ride"),
		list("riding | repairing | planning | surviving | enjoying | filming"),
		list("Ninety kilometres, two climbs and one very good cake. | Wind from the front all the way home. | The map said it was a road."),
		list("cycling | sports | outdoors | bike | travel")},
	{"gardening", "Home", list("tomatoes | a balcony garden | raised beds | old roses | compost | a small pond"),
		list("planting | pruning | watering | harvesting | planning | rescuing"),
		list("The soil was warm enough by the end of April. | Ladybirds did most of the work. | Nothing tastes like the first ripe one."),
		list("gardening | plants | home | diy | nature")},
	{"trains", "Travel", list("the night train | a steam engine | the alpine line | a border station | the sleeper car | a model railway"),
		list("riding | filming | missing | restoring | waiting for | mapping"),
		list("Breakfast came with a view of the lake. | The timetable has hardly changed in fifty years. | Every bridge on this line has a " +
			"story."),
		list("trains | travel | railway | europe | documentary")},
	{"woodworking", "Crafts", list("a dovetail joint | a stool | a workbench | hand planes | a bookshelf | a wooden spoon"),
		list("cutting | building | sharpening | finishing | designing | repairing"),
		list("Measure twice, cut once, sand for an hour. | The oak had dried for six years. | Linseed oil brings out the grain."),
		list("woodworking | diy | crafts | workshop | tools")},
}

var (
	titleForms = list(`%D %T | %D %T, part %N | How I fell for %T | %T: what no one tells you | A day with %T |
		%D %T in %N minutes | %N mistakes with %T | Everything about %T | %D %T for beginners`)
	praise = list(`I love this video! | Great explanation, thank you. | Watched it twice already. | Excellent work, please make more! |
		This made my day. | Exactly what I was looking for. | My favourite channel these days. | Awesome, I learnt a lot!`)
	doubts = list(`The sound is terrible from the middle on. | I am not sure that this is right. | A bit long for my taste. |
		Sad that it ends there. | Could you show the second step again? | Bad light, good content.`)
	reasons = []string{"spam", "inappropriate", "harassment", "copyright", "other"}
)
