// The path of a number, in words. Layers and heads count from 1 for people, from 0 in paths.

const quoted = (text) => `“${text.trim() || text.replaceAll("\n", "↵").replaceAll(" ", "␣")}”`;

const FORMS = [
  [/^layers\.(\d+)\.pattern\[(\d+),(\d+),(\d+)\]$/, (s, l, h, i, j) =>
    `the attention ${s.token(i)} gives to ${s.token(j)}, in layer ${+l + 1}, head ${+h + 1}`],
  [/^layers\.(\d+)\.scores\[(\d+),(\d+),(\d+)\]$/, (s, l, h, i, j) =>
    `the score of ${s.token(j)}’s key for ${s.token(i)}’s query, in layer ${+l + 1}, head ${+h + 1}`],
  [/^layers\.(\d+)\.(queries|keys|values)\[(\d+),(\d+),(\d+)\]$/, (s, l, what, h, i, k) =>
    `entry ${+k + 1} of ${s.token(i)}’s ${{ queries: "query", keys: "key", values: "value" }[what]}, in layer ${+l + 1}, head ${+h + 1}`],
  [/^update_share\((\d+)\)\[(\d+),(\d+)\]$/, (s, l, i, j) =>
    `the part of ${s.token(j)} in what attention brings ${s.token(i)} in layer ${+l + 1}`],
  [/^word_update_share\((\d+)\)\[(\d+),(\d+)\]$/, (s, l, i, w) =>
    `the part of ${s.word(w)} in what attention brings ${s.token(i)} in layer ${+l + 1}`],
  [/^word_attention\((\d+)\)\[(\d+),(\d+),(\d+)\]$/, (s, l, h, i, w) =>
    `the attention ${s.token(i)} gives to ${s.word(w)}, in layer ${+l + 1}, head ${+h + 1}`],
  [/^word_ink\((\d+)\)\[(\d+),(\d+)\]$/, (s, n, i, w) => `how much of ${s.word(w)} is in ${s.token(i)} ${s.after(n)}`],
  [/^ink_beyond\((\d+),(\d+)\)\[(\d+)\]$/, (s, n, most, i) =>
    `how much of all but the ${most} largest words is in ${s.token(i)} ${s.after(n)}`],
  [/^embedding\[(\d+),(\d+)\]$/, (s, i, k) => `entry ${+k + 1} of ${s.token(i)}’s embedding`],
  [/^layers\.(\d+)\.residual\[(\d+),(\d+)\]$/, (s, l, i, k) => `entry ${+k + 1} of ${s.token(i)}’s vector after layer ${+l + 1}`],
  [/^layers\.(\d+)\.attention_update\[(\d+),(\d+)\]$/, (s, l, i, k) =>
    `entry ${+k + 1} of what attention adds to ${s.token(i)} in layer ${+l + 1}`],
  [/^middle\((\d+)\)\[(\d+),(\d+)\]$/, (s, l, i, k) =>
    `entry ${+k + 1} of ${s.token(i)}’s vector after the attention of layer ${+l + 1}`],
  [/^angle\((\d+),(\d+)\)\[(\d+)\]$/, (s, a, b, i) => `the degrees by which ${s.token(i)}’s vector has turned`],
  [/^probability\((\d+)\)\[(\d+),(\d+)\]$/, (s, n, i) => `the chance of this next token after ${s.token(i)}, read ${s.after(n)}`],
  [/^vocabulary\[(\d+)\]$/, () => "an entry of the model’s vocabulary"],
  [/^(text|token)\[/, () => "a piece of the input"],
  [/^count\.(\w+)$/, (s, what) => ({
    width: "how many numbers a vector has", layers: "how many layers the model has", heads: "how many heads a layer has",
    head_width: "how many numbers a query, key or value has", parameters: "how many parameters the model has",
    tokens: "how many tokens the text has", words: "how many words the text has",
  }[what] ?? "a measure of the model")],
  [/^layer\[/, () => "the number of a layer"],
  [/^head\[/, () => "the number of a head"],
];

export function inWords(path, reading) {
  const say = {
    token: (i) => (reading?.tokens[i] ? quoted(reading.tokens[i].special ? "rest" : reading.tokens[i].text) : `token ${+i + 1}`),
    word: (w) => {
      const word = reading?.words[w];
      if (!word) return `word ${+w + 1}`;
      return quoted(reading.tokens[word.tokens[0]].special ? "rest" : word.text);
    },
    after: (n) => (+n === 0 ? "before the first layer" : `after layer ${n}`),
  };
  for (const [form, words] of FORMS) {
    const found = form.exec(path);
    if (found) return words(say, ...found.slice(1));
  }
  return "";
}

// A value to all its digits; text as it is.
export const full = (value) => (typeof value === "string" ? quoted(value) : String(value).replace("-", "−"));
