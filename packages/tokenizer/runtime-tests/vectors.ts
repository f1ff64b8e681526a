/** Ids by tiktoken, OpenAI's own implementation: the length of the list and its `fingerprint`. */
export const vectors: readonly (readonly [text: string, ids: Readonly<Record<string, string>>])[] = [
  [
    'The quick brown fox jumps over the lazy dog.',
    { o200k_base: '10:923e43e0', cl100k_base: '10:409af241', p50k_base: '10:356a6322' },
  ],
  [
    "I'm sure they'll say we've don't; IT'S HERS, he'D RATHER'VE. 'twas 'sore 're 'x ''s it'ſ it'ſX IT'ſ",
    { o200k_base: '41:a30e3d42', cl100k_base: '48:3ed6ba3a', p50k_base: '50:215931ee' },
  ],
  [
    'export const add = (a: number, b: number): number => {\n\treturn a + b // done\n}\n\n\n  if (x_1 !== null) {}\n',
    { o200k_base: '34:40d9530c', cl100k_base: '34:42f2ead2', p50k_base: '40:5686c60' },
  ],
  [
    '{"city": "Zürich", "temperature": 21.5, "tags": ["a", "b", null], "nested": {"deep": [1, 22, 333, 4444]}}',
    { o200k_base: '47:ef027a58', cl100k_base: '47:4d21353e', p50k_base: '45:e4c23193' },
  ],
  [
    '1 22 333 4444 55555 3.14159 1e-9 0xFF 2026-11-22T10:00:00Z ½ Ⅷ ٣٤٥ १२३ 一二三',
    { o200k_base: '54:7bebf96e', cl100k_base: '61:b247c7b0', p50k_base: '53:21356fc8' },
  ],
  [
    'getElementById HTTPServer XMLHttpRequest iPhone macOS ABCdefGHI snake_case_name SCREAMING_CASE',
    { o200k_base: '23:a0fed10a', cl100k_base: '18:a269197f', p50k_base: '25:bc3fce0c' },
  ],
  [
    '天地玄黃，宇宙洪荒。日月盈昃，辰宿列張。今天的天气很好，我们去公园吧！',
    { o200k_base: '31:ee67433a', cl100k_base: '49:f0be5e74', p50k_base: '73:8f729f38' },
  ],
  [
    '私は昨日、東京で友達に会いました。カタカナとひらがな。',
    { o200k_base: '21:901802e2', cl100k_base: '29:b0120cdb', p50k_base: '37:c2c71a64' },
  ],
  [
    '안녕하세요, 오늘 날씨가 좋네요. 한국어 텍스트입니다.',
    { o200k_base: '17:3228e292', cl100k_base: '30:78c7bca8', p50k_base: '67:9d05851a' },
  ],
  [
    'مرحبا بالعالم، كيف حالك اليوم؟',
    { o200k_base: '10:7e833439', cl100k_base: '23:acd3d331', p50k_base: '30:dba7623' },
  ],
  [
    'नमस्ते दुनिया, आप कैसे हैं?',
    { o200k_base: '10:bfcf9838', cl100k_base: '27:9979891a', p50k_base: '43:d362912b' },
  ],
  [
    'e\u0301 n\u0303 a\u0308\u0323 \u0301start Z\u0351\u036fa\u0321l\u0322go \u20ddx A\u0301B',
    { o200k_base: '29:b963a7ff', cl100k_base: '31:a0b6ad85', p50k_base: '35:548f2ef4' },
  ],
  [
    '\ud83d\ude00 \ud83c\udf89\ud83c\udf89 \ud83d\udc68‍\ud83d\udc69‍\ud83d\udc67‍\ud83d\udc66 \ud83c\udff3️‍\ud83c\udf08 ☀️ ✅ \ud83c\udde9\ud83c\uddea\ud83c\uddeb\ud83c\uddf7 text\ud83d\ude80text',
    { o200k_base: '39:aee62713', cl100k_base: '56:36ea632d', p50k_base: '53:e85d9701' },
  ],
  [
    'a\ud83d b\ude00c \ud83d\ud83d\ude00',
    { o200k_base: '7:6444d87f', cl100k_base: '8:1d4763d9', p50k_base: '8:a05a9901' },
  ],
  [
    ' a  b   c    \t\t d \u00a0 e\u3000f\u2028g\u0085h\ufeffi \n \r\n\r\n  \n\n   x  ',
    { o200k_base: '24:3fe85e93', cl100k_base: '25:5aed1965', p50k_base: '36:9e9ed45c' },
  ],
  [
    '\n\n\n a\r\rb\r\n\n\r!\n/\n//\n;\r\n\t',
    { o200k_base: '11:59ae1ac1', cl100k_base: '12:6eff76a8', p50k_base: '19:1ea16f76' },
  ],
  [
    'one\n        \ntwo A一BBBBBBBBb C\u0301DDDDDDDDe F\u0301GGGGGGGG \n        x',
    { o200k_base: '23:4da2c3f5', cl100k_base: '23:414e38b2', p50k_base: '28:6186eec' },
  ],
  [
    '!!! ??? ... --- === *** /// \\\\\\ ))) ]]] }}} <<>> && || :: ;; "\'"\' ~`~` @#$%^&*()_+-=[]{}|',
    { o200k_base: '38:c99e6108', cl100k_base: '36:e6de4086', p50k_base: '41:219ac9f0' },
  ],
  [
    '<|endoftext|> <|im_start|>user<|im_sep|>hi<|im_end|> <|fim_prefix|> <|endofprompt|><|start|>',
    { o200k_base: '44:8f935acd', cl100k_base: '42:69a0599c', p50k_base: '51:a594010f' },
  ],
]

/** The same for a text of all characters below U+3400, and for runs that are one piece of 900 characters. */
export const everyCharacterIds: Readonly<Record<string, string>> = {
  o200k_base: '151957:4c55cd81',
  cl100k_base: '158396:b4aba8ef',
  p50k_base: '164499:8801b938',
}

export const runs: readonly (readonly [unit: string, ids: Readonly<Record<string, string>>])[] = [
  ['a', { o200k_base: '113:dfc9999f', cl100k_base: '113:6ff7432a', p50k_base: '225:3522adf5' }],
  [' ', { o200k_base: '8:13a22ee9', cl100k_base: '8:5824fcd', p50k_base: '56:e078ed09' }],
  ['!', { o200k_base: '57:d9fc9014', cl100k_base: '113:f0f90d06', p50k_base: '113:6eacfb29' }],
  ['一', { o200k_base: '900:f557cf31', cl100k_base: '900:b5f54061', p50k_base: '900:43422a61' }],
  ['ab', { o200k_base: '450:a6252c7b', cl100k_base: '900:7f1683f1', p50k_base: '900:d47e4a95' }],
  ['\ud83d\ude00', { o200k_base: '900:f7241565', cl100k_base: '1800:62548df5', p50k_base: '1800:6281300d' }],
  ['\n', { o200k_base: '57:dc638810', cl100k_base: '29:9de64b9', p50k_base: '450:83db74cd' }],
]
