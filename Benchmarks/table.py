"""Prints what hyperfine measured as a Markdown table: table.py TIMES.json [NOTES.tsv] [BASE].

The notes hold name, goal, instructions; ratios are to the row that BASE names, else to the first.
"""
import json, sys

rows = json.load(open(sys.argv[1]))['results']
notes = {}
if len(sys.argv) > 2:
    for line in open(sys.argv[2]):
        name, goal, *rest = line.rstrip('\n').split('\t')
        notes[name] = (goal, rest[0] if rest else '')
base = next((r for r in rows if len(sys.argv) > 3 and r['command'] == sys.argv[3]), rows[0])
counted = any(count for _, count in notes.values())
print('| | median ms | min | 95 % under | n | ratio | goal |' + (' instructions |' if counted else ''))
print('|---|---|---|---|---|---|---|' + ('---|' if counted else ''))
for row in rows:
    times = sorted(row['times'])
    goal, count = notes.get(row['command'], ('', ''))
    if count:
        count = f'{int(count):,}'.replace(',', ' ')
    print(f"| {row['command']} | {row['median'] * 1e3:.2f} | {times[0] * 1e3:.2f} | "
          f"{times[len(times) * 95 // 100] * 1e3:.2f} | {len(times)} | "
          f"{row['median'] / base['median']:.2f} | {goal} |" + (f' {count} |' if counted else ''))
