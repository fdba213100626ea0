-- A resident pandoc: answers requests from standard input until that ends.  Run with `pandoc lua worker.lua`.
--
-- The first line is a JSON list of abbreviations.  A request is a line of JSON, {from, to, size, options, template}, and `size` bytes of text; the answer is
-- a line of JSON, {ok, size, messages}, and `size` bytes.  What is set here makes the answer the command line's.

local abbreviations = {} -- a set: with a list pandoc's reader misbehaves silently
for _, word in ipairs(pandoc.json.decode(io.stdin:read('l'), false)) do abbreviations[word] = true end

local templates = {}

local function compiled(text)
  templates[text] = templates[text] or pandoc.template.compile(text)
  return templates[text]
end

local function converted(request, text)
  local reading = {columns = 72, abbreviations = abbreviations}
  local doc = pandoc.read(text, request.from, reading)
  local options = pandoc.WriterOptions(request.options)
  if request.template then options.template = compiled(request.template) end
  return pandoc.write(doc, request.to, options)
end

local function said(messages)
  local lines = {}
  if #messages == 0 then return '' end
  for _, message in ipairs(pandoc.json.decode(pandoc.json.encode(messages), false)) do
    if message.verbosity == 'WARNING' then
      lines[#lines + 1] = '[WARNING] ' .. message.pretty:gsub('\n', '\n  ') .. '\n'
    end
  end
  return table.concat(lines)
end

local function answer(request)
  local text = request.size > 0 and io.stdin:read(request.size) or '' -- read(0) would wait for a byte
  local fine, messages, result = pcall(pandoc.log.silence, converted, request, text)
  local body = fine and result or tostring(messages)
  io.stdout:write(pandoc.json.encode({ok = fine, size = #body, messages = fine and said(messages) or ''}), '\n', body)
  io.stdout:flush()
end

for line in io.stdin:lines() do answer(pandoc.json.decode(line, false)) end
