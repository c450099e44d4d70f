"""Exports as the providers' pages write them, with figures of our own."""

ANTHROPIC_USAGE = (
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,"
    "usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,"
    "usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,"
    "web_search_count,inference_geo,speed\n"
    "2026-11-10,claude-haiku-5-5-20261001,mine,Default,standard,≤ 200k,900,50,20,30,400,0,global,\n"
    "2026-11-10,claude-haiku-5-5-20261001,other,Default,standard,≤ 200k,100,0,0,0,100,0,global,\n"
    "2026-11-11,claude-opus-5-5,mine,Default,standard,≤ 200k,7,0,0,0,3,0,global,\n"
)
ANTHROPIC_COST = (
    "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,"
    "list_price_usd,cost_type,inference_geo,speed,api_key_id,api_key_status\n"
    "2026-11-10,Claude Haiku 5.5,Default,mine,message,≤ 200k,input_no_cache,0.19,0.19,token,"
    "global,,apikey_1,active\n"
    "2026-11-10,Claude Haiku 5.5,Default,mine,message,≤ 200k,output,0.03,0.03,token,global,,"
    "apikey_1,active\n"
)
OPENAI_USAGE = (
    "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,"
    "api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens,"
    "input_uncached_tokens,input_text_tokens,output_text_tokens,input_cached_text_tokens,"
    "input_audio_tokens,input_cached_audio_tokens,output_audio_tokens,input_image_tokens,"
    "input_cached_image_tokens,output_image_tokens\n"
    "1794268800,1794355200,2026-11-10T00:00:00+00:00,2026-11-11T00:00:00+00:00,proj_1,10.0,user_1,"
    "key_1,gpt-5-mini-2025-08-07,FALSE,default,59200.0,10646.0,5760.0,53440.0,53440.0,10646.0,"
    "5760.0,0.0,0.0,0.0,0.0,0.0,0.0\n"
    "1794355200,1794441600,2026-11-11T00:00:00+00:00,2026-11-12T00:00:00+00:00,"
    ",,,,,,,,,,,,,,,,,,,\n"
)
OPENAI_COST = (
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,"
    "quantity_unit,line_item,user_id,api_key_id,project_id,organization_id,project_name,"
    "organization_name,user_email,api_source\n"
    "1794182400,1794268800,2026-11-09T00:00:00,2026-11-10T00:00:00,,,,,,,,,,,,,\n"
    "1794268800,1794355200,2026-11-10T00:00:00,2026-11-11T00:00:00,"
    '0.0038359800000000000000,usd,1000,tokens,"gpt-5-mini-2025-08-07, input",,k,p,o,P,O,e,\n'
    "1794268800,1794355200,2026-11-10T00:00:00,2026-11-11T00:00:00,"
    '0.5,usd,1000,tokens,"priority | gpt-5-mini-2025-08-07, cached input",,k,p,o,P,O,e,\n'
    "1794268800,1794355200,2026-11-10T00:00:00,2026-11-11T00:00:00,"
    "0.02,usd,2,calls,web search tool calls,,k,p,o,P,O,e,\n"
)
OPENAI_COST_2024 = (
    "currency,name,cost,organization_id,organization_name,project_id,project_name,cost_in_major,"
    "date\nusd,GPT-5 mini,12.5,o,O,p,P,0.125,2026-11-10\n"
)
OPENAI_EMPTY = (
    "start_time,end_time,start_time_iso,end_time_iso\n"
    "1794268800,1794355200,2026-11-10T00:00:00+00:00,2026-11-11T00:00:00+00:00\n"
)
OPENROUTER_CALLS = (
    "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,"
    "byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,"
    "model_permaslug,provider_name,variant,cancelled,streamed,user,finish_reason_raw,"
    "finish_reason_normalized,generation_time_ms,time_to_first_token_ms,api_key_disabled,"
    "api_key_name,app_name\n"
    "gen-1,2026-11-10 03:46:57.713,0.0123,0,0,0,0,10389,137,0,12,"
    "deepseek/deepseek-v4.1-flash-20260910,DeepInfra,standard,false,true,,stop,stop,900,200,false,"
    "k,app\n"
    "gen-2,2026-11-10 23:59:59.999,1e-07,0,0,0,0,10,1,0,0,"
    "deepseek/deepseek-v4.1-flash-20260910,DeepInfra,free,false,true,,stop,stop,900,200,false,k,\n"
)
OPENROUTER_DAYS = (
    "Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens\n"
    '"2026-11-10 00:00:00","deepseek/deepseek-v4.1-flash","430.07","0","4,115","70965665",'
    '"3009973","0"\n'
)
OPENROUTER_ACTIVITY = (
    "date,model,model_permaslug,endpoint_id,provider_name,usage,byok_usage_inference,requests,"
    "prompt_tokens,completion_tokens,reasoning_tokens\n"
    "2026-11-10,openai/gpt-5-mini,openai/gpt-5-mini-2025-08-07,e,OpenAI,0.015,0.012,5,50,125,25\n"
)
EVERY = {
    "Anthropic Console, usage": ANTHROPIC_USAGE,
    "Anthropic Console, cost": ANTHROPIC_COST,
    "OpenAI, usage (completions)": OPENAI_USAGE,
    "OpenAI, costs": OPENAI_COST,
    "OpenAI, costs (before 2025)": OPENAI_COST_2024,
    "OpenAI, a period without use": OPENAI_EMPTY,
    "OpenRouter, activity by call": OPENROUTER_CALLS,
    "OpenRouter, activity by day": OPENROUTER_DAYS,
}
