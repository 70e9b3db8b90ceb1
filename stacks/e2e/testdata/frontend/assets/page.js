// The page makes the calls of a web front end, in the order of its screens, from
// its own origin. #end appears when all are done; #failed says what went wrong.
const note = (text) => {
  const item = document.createElement('li');
  item.textContent = text;
  document.getElementById('done').append(item);
};

async function call(method, path, body, status = 200) {
  const headers = { 'Content-Type': 'application/json' };
  const token = localStorage.getItem('auth_token');
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(`/api/v1${path}`, {
    method, headers, credentials: 'include', body: body && JSON.stringify(body),
  });
  const answer = response.status === 204 ? {} : await response.json();
  if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  note(`${method} ${path.split('?')[0]}`);
  return answer;
}

async function start() {
  const user = { email: `${crypto.randomUUID()}@example.org`, password: 'a long pass phrase of this page' };
  await call('POST', '/users/register', { ...user, firstName: 'Ada', lastName: 'Page' }, 201);
  localStorage.setItem('auth_token', (await call('POST', '/users/login', user)).token);
  const video = await call('POST', '/videos', { youtubeUrl: 'https://youtu.be/aqz-KE-bpKQ', title: 'A page of ours' }, 202);
  const latest = await call('GET', '/videos/latest?page=1&pageSize=10');
  if (!latest.data.some((one) => one.videoId === video.videoId)) throw new Error('the video is not in latest');
  history.pushState({}, '', `/watch/${video.videoId}`);
  await watch();
}

async function watch() {
  const id = location.pathname.split('/')[2];
  const me = await call('GET', '/users/me');
  const video = await call('GET', `/videos/id/${id}`);
  await call('POST', `/videos/id/${id}/view`, undefined, 204);
  await call('POST', `/videos/${id}/ratings`, { rating: 5 });
  await call('POST', `/videos/${id}/comments`, { text: 'As good as the last one' }, 201);
  const comments = await call('GET', `/videos/${id}/comments?page=1&pageSize=10`);
  await call('GET', '/videos/trending?intervalDays=1&limit=10');
  await call('GET', '/search/videos?query=page&page=1&pageSize=10&mode=semantic');
  document.title = `${video.title}, ${comments.data.length} comments, by ${me.firstName}`;
}

try {
  await (location.pathname.startsWith('/watch/') ? watch() : start());
} catch (error) {
  document.getElementById('failed').textContent = String(error);
}
const end = document.createElement('p');
end.id = 'end';
end.textContent = 'done';
document.body.append(end);
