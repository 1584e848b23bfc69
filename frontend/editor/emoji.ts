// The emoji, by their English names: fetched when they are first wanted.

declare const EMOJI: string; // its address: build.mjs

export type Emoji = [text: string, name: string, words: string];

let all: Promise<Emoji[]> | null = null;

export async function find(words: string, most: number): Promise<Emoji[]> {
  all ??= fetch(EMOJI).then((answer) => answer.json());
  const wanted = words.toLowerCase().split(/[\s_]+/).filter(Boolean);
  const known = await all.catch((error) => {
    all = null; // asked again the next time
    throw error;
  });
  if (!wanted.length) return known.slice(0, most);
  const rank = (each: Emoji): number =>
    wanted.every((word) => ` ${each[1]} ${each[2]}`.includes(` ${word}`)) ? (` ${each[1]}`.includes(` ${wanted[0]}`) ? 0 : 1) : 2;
  return known.map((each) => [rank(each), each] as const).filter(([at]) => at < 2)
    .sort((a, b) => a[0] - b[0]).slice(0, most).map(([, each]) => each);
}
