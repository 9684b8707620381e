<?xml version="1.0"?>
<CHANNEL HREF="{site}/" BASE="{site}/"><TITLE>Harbour Channel</TITLE>
<ITEM HREF="{site}/pier"><TITLE>Long pier opens again</TITLE><ABSTRACT>The harbour office opened the long pier on Monday after repairs of six weeks. Forty ships had waited outside since the storm. The office expects traffic to be as usual by Friday, and will not raise its fees this year.</ABSTRACT></ITEM></CHANNEL>
