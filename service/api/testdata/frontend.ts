// Uses the types of /openapi.json by the official document's names, as the
// official front end does. It is compiled by a test and never run.
import type { components } from "./types";

type Schemas = components["schemas"];

export const register: Schemas["UserCreateRequest"] = { firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", password: "generated" };
export const logIn: Schemas["UserLoginRequest"] = { email: "ada@example.com", password: "generated" };
export const rename: Schemas["UserProfileUpdateRequest"] = { firstName: "Augusta", lastName: null };
export const submit: Schemas["VideoSubmitRequest"] = { youtubeUrl: "https://youtu.be/abcdefghijk", title: null };
export const update: Schemas["VideoUpdateRequest"] = { title: null, description: null, tags: null };
export const comment: Schemas["CommentCreateRequest"] = { text: "Nice" };
export const rate: Schemas["RatingCreateOrUpdateRequest"] = { rating: 5 };
export const rateOlder: Schemas["VideoRatingRequest"] = { rating: 5 };
export const watched: Schemas["VideoWatchTimeRequest"] = { watch_duration_seconds: 5 };
export const ingest: Schemas["EmbeddingIngestRequest"] = { videoId: "id", vector: [1, 0] };
export const flag: Schemas["FlagCreateRequest"] = { contentType: "video", contentId: "id", reasonCode: "spam", reasonText: null };
export const act: Schemas["FlagUpdateRequest"] = { status: "approved", moderatorNotes: null };

const reasons: Record<Schemas["FlagReasonCodeEnum"], string> = {
  spam: "Spam", inappropriate: "Inappropriate", harassment: "Harassment", copyright: "Copyright", other: "Other",
};
const kinds: Record<Schemas["ContentTypeEnum"], string> = { video: "Video", comment: "Comment" };
const states: Record<Schemas["FlagStatusEnum"], string> = { open: "Open", under_review: "Under review", approved: "Approved", rejected: "Rejected" };
const badges: Record<Schemas["VideoStatusEnum"], string> = { PENDING: "Pending", PROCESSING: "Processing", READY: "Published", ERROR: "Failed" };

export const greet = (answer: Schemas["UserLoginResponse"]): string => answer.token + answer.user.firstName;
export const welcome = (answer: Schemas["UserCreateResponse"]): string => answer.userId + answer.email;
export const menu = (user: Schemas["User"]): boolean => (user.roles ?? []).includes("moderator");
export const cards = (page: Schemas["PaginatedResponse_VideoSummary_"]): string[] => page.data.map(
  (video: Schemas["VideoSummary"]) => [video.videoId, video.title, video.userId, video.thumbnailUrl ?? "", String(video.views), String(video.averageRating)].join());
export const pages = (page: Schemas["PaginatedResponse"]): number => page.pagination.totalPages;
export const pager = (of: Schemas["Pagination"]): number => of.currentPage * of.pageSize + of.totalItems;
export const watch = (video: Schemas["VideoDetailResponse"]): string => [video.youtubeVideoId ?? "", video.location, badges[video.status ?? "READY"]].join();
export const state = (of: Schemas["VideoStatusResponse"]): string => badges[of.status];
export const preview = (of: Schemas["VideoPreviewResponse"]): string => of.title;
export const said = (of: Schemas["CommentResponse"]): string => [of.commentid, of.userid, of.comment, of.firstName ?? "", String(of.sentiment_score)].join();
export const stars = (of: Schemas["AggregateRatingResponse"]): number => (of.averageRating ?? 0) * (of.totalRatingsCount ?? 0) + (of.currentUserRating ?? 0);
export const starsOlder = (of: Schemas["VideoRatingSummary"]): number => of.averageRating * of.ratingCount;
export const own = (of: Schemas["RatingResponse"]): number => of.rating;
export const related = (all: Schemas["RecommendationItem"][]): string[] => all.map((one) => one.videoId + one.title + (one.thumbnailUrl ?? "") + String(one.score));
export const stored = (of: Schemas["EmbeddingIngestResponse"]): string => of.status + (of.message ?? "");
export const tags = (all: Schemas["TagSuggestion"][]): string[] => all.map((one) => one.tag);
export const flags = (page: Schemas["PaginatedResponse_FlagResponse_"]): string[] => page.data.map(
  (one: Schemas["FlagResponse"]) => kinds[one.contentType] + reasons[one.reasonCode] + states[one.status ?? "open"]);
export const restored = (of: Schemas["ContentRestoreResponse"]): string => of.content_id + of.content_type + of.status_message;
export const activity = (page: Schemas["PaginatedResponse_UserActivityResponse_"]): string[] => page.data.map(
  (one: Schemas["UserActivityResponse"]) => one.activity_type + one.activity_timestamp + one.videoid);
